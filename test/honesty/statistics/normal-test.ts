import { logIncompleteGamma } from "../../../physics/index.ts";

/** Two-sided probability that a standard normal number lies at least as far from zero as `score`. */
export function normalTwoSided(score: number): number {
  if (Number.isNaN(score)) return 0;
  return Math.exp(logIncompleteGamma(0.5, (score * score) / 2).upper);
}

/** Probability that a standard normal number lies below `score`. */
export function normalBelow(score: number): number {
  const tail = normalTwoSided(score) / 2;
  return score < 0 ? tail : 1 - tail;
}

/** Two-sided false-alarm rate of a limit of five standard deviations. */
export const FIVE_SIGMA = 5.733e-7;
