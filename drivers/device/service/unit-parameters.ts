import { DeviceError } from "../../../errors/index.ts";
import { checkArgument, nearestName, rule } from "../../../options/index.ts";
import {
  PARAMETERS,
  type ParameterDeclaration,
  parameterNameOf,
  type ReplyOf,
} from "../../../protocol/index.ts";
import { printable } from "../../session/printable.ts";
import type { Call } from "../commands.ts";

/** Value of a parameter as a program has it: a boolean is one. */
export type UnitParameterValue = number | boolean | string;

/** One parameter of a unit, by name. */
export interface UnitParameter {
  readonly name: string;
  readonly id: number;
  readonly type: "real" | "integer" | "boolean" | "text";
  /** Empty for plain numbers. */
  readonly unit: string;
  /** Least and greatest value; for text 0 and the most bytes. */
  readonly min: number;
  readonly max: number;
  readonly writable: boolean;
  /** Forgotten when the unit is switched off; put back when a lease ends. */
  readonly volatile: boolean;
  readonly value: UnitParameterValue;
}

type Listed = ReplyOf<"listParameters">["parameters"][number];

/** Every parameter of the unit, in rising order of id. */
export async function readParameters(call: Call): Promise<readonly UnitParameter[]> {
  const { parameters } = await call("listParameters", {});
  return parameters.map(parameterOf);
}

const PARAMETER = rule.like(
  {
    name: rule.anyText("its name"),
    type: rule.choice("real", "integer", "boolean", "text"),
    min: rule.anyNumber,
    max: rule.anyNumber,
    unit: rule.anyText("its unit"),
    writable: rule.flag,
  },
  "a parameter as a unit lists it",
);

/** The one of this name. Throws DeviceError QKD_DEVICE_BAD_PARAMETER that names the nearest one. */
export function namedParameter(parameters: readonly UnitParameter[], name: string): UnitParameter {
  checkArgument("parameters", parameters, rule.list(PARAMETER));
  checkArgument("name", name, rule.anyText("the name of a parameter"));
  const found = parameters.find((parameter) => parameter.name === name);
  if (found !== undefined) return found;
  const names = parameters.map((parameter) => parameter.name);
  const nearest = nearestName(name, names);
  throw new DeviceError("QKD_DEVICE_BAD_PARAMETER", `This unit has no parameter ${printable(name)}`, {
    context: { parameter: printable(name) },
    remedy: nearest === null ? `use one of ${names.join(", ")}` : `write ${nearest}`,
  });
}

/** Throws DeviceError QKD_DEVICE_BAD_PARAMETER for a value that the unit would refuse. */
export function checkParameterValue(parameter: UnitParameter, value: UnitParameterValue): void {
  checkArgument("parameter", parameter, PARAMETER);
  const { name, type, min, max, unit, writable } = parameter;
  const refuse = (sentence: string, remedy: string): never => {
    throw new DeviceError("QKD_DEVICE_BAD_PARAMETER", `${name} ${sentence}`, {
      context: { parameter: name },
      remedy,
    });
  };
  const range = `${min} to ${max}${unit === "" ? "" : ` ${unit}`}`;
  if (!writable) refuse("cannot be changed", "leave it out");
  if (type === "text") {
    if (typeof value !== "string") refuse("takes a text", "give a text");
    else if (Buffer.byteLength(value) > max) refuse(`takes at most ${max} bytes`, "give a shorter text");
    return;
  }
  if (type === "boolean") {
    if (typeof value !== "boolean") refuse("takes true or false", "give true or false");
    return;
  }
  if (typeof value !== "number" || Number.isNaN(value))
    refuse("takes a number", `give a number from ${range}`);
  else if (type === "integer" && !Number.isInteger(value))
    refuse("takes a whole number", `give a whole number from ${range}`);
  else if (value < min || value > max) refuse(`cannot be ${value}`, `give a value from ${range}`);
}

/** Sets one parameter, and gives the value that the unit took. */
export async function writeParameter(
  call: Call,
  parameter: UnitParameter,
  value: UnitParameterValue,
): Promise<UnitParameterValue> {
  checkParameterValue(parameter, value);
  const sent = typeof value === "boolean" ? Number(value) : value;
  const reply = await call("setParameter", { id: parameter.id, value: sent });
  return readValue(parameter.type, reply.value);
}

function parameterOf(listed: Listed): UnitParameter {
  const { id, type, min, max, access, value } = listed;
  const known = parameterNameOf(id);
  const declared: ParameterDeclaration | undefined = known === undefined ? undefined : PARAMETERS[known];
  return {
    name: known ?? printable(listed.name),
    id,
    type,
    unit: printable(listed.unit),
    min,
    max,
    writable: access === "readWrite",
    volatile: declared?.volatile === true,
    value: readValue(type, value),
  };
}

function readValue(type: Listed["type"], value: number | string): UnitParameterValue {
  if (typeof value === "string") return printable(value);
  return type === "boolean" ? value !== 0 : value;
}
