import { InvalidArgumentError } from "commander";

const UNITS_S: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600, d: 86_400 };

/** Seconds of a duration such as 90s, 30min or 24h. Throws InvalidArgumentError. */
export function durationS(text: string): number {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?) ?(s|min|h|d)$/.exec(text) ?? [];
  const seconds = Number(amount) * (UNITS_S[unit] ?? Number.NaN);
  if (!(seconds > 0 && seconds <= 31 * 86_400))
    throw new InvalidArgumentError("It must be a time such as 90s, 30min or 24h, of at most 31 days.");
  return seconds;
}
