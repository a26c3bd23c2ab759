import type { Figure } from "../report/figure.ts";
import type { HonestyContext } from "./honesty-context.ts";

/** One kind of comparison that a test makes, laid down before anything is sampled. */
export interface Limit {
  /** What is computed, in a few words. */
  readonly statistic: string;
  /**
   * A comparison fails when its p-value is below this. For an honest emulator that is the false-alarm rate of one
   * comparison; 0 for exact comparisons, which never fail by chance.
   */
  readonly alpha: number;
  /** How many such comparisons the test makes; another number is a failure in itself. */
  readonly checks: number;
}

/** One comparison made. */
export interface Finding {
  /** Name of the limit that it falls under. */
  readonly limit: string;
  readonly what: string;
  /** Probability of a result as far off as this one if the emulator is honest; 0 or 1 for exact comparisons. */
  readonly pValue: number;
  readonly observed: string;
  readonly expected: string;
}

/** What a test found. */
export interface Findings {
  readonly findings: readonly Finding[];
  readonly figures?: readonly Figure[];
}

/** One row of the honesty table. */
export interface HonestyTest {
  readonly number: number;
  readonly title: string;
  /** Cheats and faults that it is there to catch. */
  readonly catches: string;
  readonly limits: Readonly<Record<string, Limit>>;
  /** Every comparison is printed, whatever comes out. */
  readonly inFull?: boolean;
  run(context: HonestyContext): Promise<Findings>;
}

/** Passes or fails for certain. */
export function exactly(
  limit: string,
  what: string,
  holds: boolean,
  observed: string,
  expected: string,
): Finding {
  return { limit, what, pValue: holds ? 1 : 0, observed, expected };
}

/** Number with five significant digits. */
export function shown(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? String(Number(value.toPrecision(5))) : value.toExponential(4);
}
