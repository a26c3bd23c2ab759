import {
  PARAMETERS,
  type ParameterDeclaration,
  type ParameterName,
  parameterNameOf,
} from "../../../protocol/index.ts";
import type { Role } from "../device-profile.ts";
import { Refusal } from "../refusal.ts";

/** Value of a parameter; booleans and integers travel as numbers. */
export type ParameterValue = number | string;

/** What a device's parameters are at the start, and the ranges that are narrower than the protocol's. */
export interface ParameterDefaults {
  readonly values: Readonly<Partial<Record<ParameterName, ParameterValue>>>;
  readonly ranges?: Readonly<Partial<Record<ParameterName, readonly [min: number, max: number]>>>;
}

/** The parameters of one device. */
export class ParameterStore {
  readonly #defaults: ParameterDefaults;
  readonly #names: readonly ParameterName[];
  readonly #values = new Map<ParameterName, ParameterValue>();

  constructor(role: Role, defaults: ParameterDefaults) {
    this.#defaults = defaults;
    this.#names = (Object.keys(PARAMETERS) as ParameterName[]).filter((name) => {
      const declared: ParameterDeclaration = PARAMETERS[name];
      return declared.role === "both" || declared.role === role;
    });
    this.restoreDefaults();
  }

  restoreDefaults(): void {
    this.#restore(this.#names);
  }

  /** What a device forgets when it is switched off. */
  restoreVolatile(): void {
    this.#restore(this.volatile);
  }

  /** Parameters that do not outlast the power, nor a lease that restores (SPEC 7). */
  get volatile(): readonly ParameterName[] {
    return this.#names.filter((name) => (PARAMETERS[name] as ParameterDeclaration).volatile === true);
  }

  /** Name of a parameter that this device has. Throws Refusal badParameter. */
  nameOf(id: number): ParameterName {
    const name = parameterNameOf(id);
    if (name === undefined || !this.#values.has(name))
      throw new Refusal("badParameter", `no parameter ${id}`);
    return name;
  }

  /** Whether this device has the parameter. */
  has(name: ParameterName): boolean {
    return this.#values.has(name);
  }

  /** Numeric value; booleans are 0 or 1. */
  number(name: ParameterName): number {
    return Number(this.#values.get(name) ?? 0);
  }

  value(name: ParameterName): ParameterValue {
    return this.#values.get(name) ?? 0;
  }

  /** Parameters that can be changed. */
  get settable(): readonly ParameterName[] {
    return this.#names.filter((name) => PARAMETERS[name].access === "readWrite");
  }

  /** Every parameter in the form of `listParameters`, in rising order of id. */
  list() {
    return this.#names
      .map((name) => {
        const { id, type, unit, access }: ParameterDeclaration = PARAMETERS[name];
        const [min, max] = this.#range(name);
        return { id, name, type, unit, min, max, access, value: this.value(name) };
      })
      .sort((a, b) => a.id - b.id);
  }

  /** Whether a number lies within the range of a parameter. */
  takes(name: ParameterName, value: number): boolean {
    const [min, max] = this.#range(name);
    return value >= min && value <= max;
  }

  /** The value as the device would take it. Throws Refusal readOnly, badParameter, outOfRange. */
  check(name: ParameterName, value: ParameterValue): ParameterValue {
    const { type, access, unit }: ParameterDeclaration = PARAMETERS[name];
    const [min, max] = this.#range(name);
    if (access === "readOnly") throw new Refusal("readOnly", `${name} cannot be changed`);
    if ((type === "text") !== (typeof value === "string"))
      throw new Refusal("badParameter", `${name} takes ${type === "text" ? "text" : "a number"}`);
    if (typeof value === "string") {
      if (new TextEncoder().encode(value).length > max)
        throw new Refusal("outOfRange", `${name} takes at most ${max} bytes`);
      return value;
    }
    if (!(value >= min && value <= max))
      throw new Refusal(
        "outOfRange",
        `${name} must be from ${min} to ${max}${unit === "" ? "" : ` ${unit}`}`,
      );
    if (type === "boolean" && value !== 0 && value !== 1)
      throw new Refusal("badParameter", `${name} must be 0 or 1`);
    if (type === "integer" && !Number.isInteger(value))
      throw new Refusal("badParameter", `${name} must be a whole number`);
    return value;
  }

  /** Takes a checked value. */
  set(name: ParameterName, value: ParameterValue): void {
    this.#values.set(name, value);
  }

  #restore(names: readonly ParameterName[]): void {
    for (const name of names) {
      const declared: ParameterDeclaration = PARAMETERS[name];
      this.#values.set(name, this.#defaults.values[name] ?? (declared.type === "text" ? "" : declared.min));
    }
  }

  #range(name: ParameterName): readonly [min: number, max: number] {
    const declared: ParameterDeclaration = PARAMETERS[name];
    return this.#defaults.ranges?.[name] ?? [declared.min, declared.max];
  }
}
