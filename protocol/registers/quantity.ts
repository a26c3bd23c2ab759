import type { RegisterDeclaration } from "./register.ts";

type Range = readonly [low: number, high: number];
type Row = readonly [
  address: number,
  type: RegisterDeclaration["type"],
  stepsPerUnit: number,
  unit: string,
  operating: Range,
  absolute: Range,
  alarmBit: number,
  meaning: string,
];

/** Declares a quantity of a role by one row: address, type, steps per unit, unit, both ranges, alarm bit, meaning. */
export const quantity =
  <const R extends RegisterDeclaration["role"]>(role: R) =>
  (...[address, type, stepsPerUnit, unit, operating, absolute, alarmBit, meaning]: Row) => ({
    address,
    type,
    stepsPerUnit,
    unit,
    role,
    operating,
    absolute,
    alarmBit,
    meaning,
  });
