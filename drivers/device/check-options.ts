import { ConfigError } from "../../errors/index.ts";

/** Least and greatest value of an option; both ends are allowed. */
export type OptionRange = readonly [min: number, max: number];

/** Longer waits are mistakes: Node's timers cannot count further. */
const LONGEST_MS = 2 ** 31 - 1;
export const SOME_MS: OptionRange = [1, LONGEST_MS];
/** Infinity means: without a limit. */
export const ANY_MS: OptionRange = [1, Number.POSITIVE_INFINITY];

/**
 * Refuses numbers outside their range, and fractions where `whole` says so, with QKD_CONFIG_INVALID and the field's
 * name. Options that are absent are in order: they have defaults.
 */
export function checkOptions(
  path: string,
  options: object | undefined,
  ranges: Readonly<Record<string, OptionRange>>,
  whole = false,
): void {
  for (const [name, [min, max]] of Object.entries(ranges)) {
    const value: unknown = options === undefined ? undefined : Reflect.get(options, name);
    if (value === undefined) continue;
    const field = path === "" ? name : `${path}.${name}`;
    if (typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value)))
      continue;
    throw new ConfigError(
      "QKD_CONFIG_INVALID",
      `${field} must be ${whole ? "a whole number" : "a number"} from ${min} to ${max}`,
      {
        context: { field, value: typeof value === "number" ? value : typeof value, min, max },
      },
    );
  }
}
