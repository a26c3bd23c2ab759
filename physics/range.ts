import { ConfigError } from "../errors/index.ts";
import { checkArgument, rule } from "../options/index.ts";

/** Allowed values of a physical quantity. Ends belong to the range unless they are marked open. */
export interface AllowedRange {
  readonly min?: number;
  readonly max?: number;
  readonly openMin?: boolean;
  readonly openMax?: boolean;
  readonly integer?: boolean;
}

/**
 * Returns `value` when it lies in the range.
 * @throws ConfigError QKD_PHYSICS_RANGE naming the field, the value and the allowed range.
 */
export function requireInRange(field: string, value: number, range: AllowedRange): number {
  checkArgument("range", range, rule.anyObject);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = range;
  // What is no number at all may not even bear being compared.
  if (typeof value !== "number")
    throw rangeError(field, value === undefined ? "missing" : "no number", describeRange(range));
  const aboveMin = range.openMin === true ? value > min : value >= min;
  const belowMax = range.openMax === true ? value < max : value <= max;
  const whole = range.integer !== true || Number.isInteger(value);
  if (Number.isFinite(value) && aboveMin && belowMax && whole) return value;
  throw rangeError(field, value, describeRange(range));
}

/** The error for a value that breaks a rule which no plain interval can state, `allowed` being that rule in words. */
export function rangeError(field: string, value: number | string, allowed: string): ConfigError {
  return new ConfigError("QKD_PHYSICS_RANGE", `${field} is ${value}, allowed is ${allowed}`, {
    context: { field, value, allowed },
  });
}

function describeRange(range: AllowedRange): string {
  const low = range.min === undefined ? "" : `${range.openMin === true ? "above" : "at least"} ${range.min}`;
  const high = range.max === undefined ? "" : `${range.openMax === true ? "below" : "at most"} ${range.max}`;
  const kind = range.integer === true ? "an integer" : "a finite number";
  return [kind, [low, high].filter((part) => part !== "").join(" and ")]
    .filter((part) => part !== "")
    .join(" ");
}
