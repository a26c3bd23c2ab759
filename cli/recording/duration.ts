import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, min: 60, h: 3600 };
/** A timer cannot count further. */
const MOST_SECONDS = 2_000_000;

/** A length of time as people write it, in seconds: `90`, `90s`, `30min`, `8h`. */
export function duration(text: string): number {
  const [, number = "", unit = "?"] = /^(\d+(?:\.\d+)?)\s*(s|min|h|)$/.exec(text) ?? [];
  const seconds = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (!(seconds > 0 && seconds <= MOST_SECONDS))
    throw new InvalidArgumentError("a time such as 90s, 30min or 8h is needed.");
  return seconds;
}
