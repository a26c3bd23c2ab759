import { InvalidArgumentError } from "commander";

const UNIT_S: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };
/** A timer cannot count much further. */
const LONGEST_S = 24 * 86_400;

/** Reads a span of time such as `30s`, `10min`, `2h`; a number alone means seconds. Seconds, above zero. */
export function spanOfTime(text: string): number {
  const [, number = "", unit = "s"] = /^(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)?$/.exec(text.trim()) ?? [];
  const seconds = Number(number) * (UNIT_S[unit] ?? Number.NaN);
  if (number === "" || !(seconds > 0) || seconds > LONGEST_S)
    throw new InvalidArgumentError("a time such as 30s, 10min or 2h is needed, at most 24 days.");
  return seconds;
}
