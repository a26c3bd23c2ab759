import { requireInRange } from "../range.ts";
import {
  inverseLowerBeta,
  inverseLowerGamma,
  inverseUpperBeta,
  inverseUpperGamma,
} from "../special/index.ts";

/** Two-sided limits, each side failing with at most the stated probability. */
export interface ConfidenceLimits {
  readonly lower: number;
  readonly upper: number;
}

/** Below this fraction of hits the Poisson limits replace the binomial ones; they contain them. */
const RARE = 0.01;

/** Garwood's exact limits of the mean of a Poisson variable observed as `count`; `tail` is the failure of each side. */
export function garwoodLimits(count: number, tail: number): ConfidenceLimits {
  requireInRange("count", count, { min: 0 });
  return {
    lower: count > 0 ? inverseLowerGamma(count, tail) : 0,
    upper: inverseUpperGamma(count + 1, tail),
  };
}

/** Clopper and Pearson's exact limits of a probability after `hits` in `trials`; `tail` is the failure of each side. */
export function clopperPearsonLimits(hits: number, trials: number, tail: number): ConfidenceLimits {
  requireInRange("trials", trials, { min: 0 });
  requireInRange("hits", hits, { min: 0, max: trials });
  return {
    lower: hits > 0 ? inverseLowerBeta(hits, trials - hits + 1, tail) : 0,
    upper: hits < trials ? inverseUpperBeta(hits + 1, trials - hits, tail) : 1,
  };
}

/** Limits of a probability: Garwood's for rare hits, Clopper and Pearson's otherwise; [0, 1] without any trial. */
export function rateLimits(hits: number, trials: number, tail: number): ConfidenceLimits {
  requireInRange("trials", trials, {});
  if (trials <= 0) return { lower: 0, upper: 1 };
  if (hits > RARE * trials) return clopperPearsonLimits(hits, trials, tail);
  const { lower, upper } = garwoodLimits(hits, tail);
  return { lower: lower / trials, upper: Math.min(1, upper / trials) };
}
