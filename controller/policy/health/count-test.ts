import { logIncompleteGamma } from "../../../physics/index.ts";
import { logTailBeyond } from "./count-span.ts";

/** How a count compares with its mean. */
export interface CountTest {
  /** The count is larger, or smaller, than chance allows. */
  readonly high: boolean;
  readonly low: boolean;
  /** Deviation in standard deviations, for people. */
  readonly sigmas: number;
}

/** What the mean is uncertain by, and how much the count spreads beyond a Poisson number. */
export interface CountSpread {
  /** Standard error of the mean over the mean. */
  readonly relative?: number;
  /** Variance over mean: afterpulses come in company. */
  readonly dispersion?: number;
}

/**
 * One-sided Poisson tests of `seen` against `mean` at the probability of a normal deviate beyond `sigmas`. Dispersion and
 * an uncertain mean are met by scaling both numbers, so that a Poisson number of their variance results.
 */
export function countTest(seen: number, mean: number, sigmas: number, spread: CountSpread = {}): CountTest {
  const { relative = 0, dispersion = 1 } = spread;
  const limit = logTailBeyond(sigmas);
  const scale = dispersion + mean * relative ** 2;
  const count = seen / scale;
  const scaled = mean / scale;
  return {
    // P(at least n) = P(n, mean), P(at most n) = Q(n + 1, mean).
    high: count > scaled && logIncompleteGamma(count, scaled).lower < limit,
    low: count < scaled && logIncompleteGamma(count + 1, scaled).upper < limit,
    sigmas: mean > 0 ? (seen - mean) / Math.sqrt(mean * scale) : 0,
  };
}
