import { logIncompleteBeta, logIncompleteGamma } from "../../../physics/index.ts";

/**
 * Exact two-sided test of `count` successes in `trials` of probability `probability`: twice the smaller tail, the
 * observed count included. It is the dual of the Clopper-Pearson interval: the interval of confidence 1 - alpha
 * contains the probability exactly when the result is at least alpha.
 *
 * `inflation` is the factor by which correlations may raise the variance; count and trials are divided by it, which is
 * exact for 1 and on the safe side for clusters of that mean size.
 */
export function binomialTwoSided(count: number, trials: number, probability: number, inflation = 1): number {
  const n = trials / inflation;
  const c = count / inflation;
  if (!(n > 0)) return 1;
  const atLeast = c <= 0 ? 0 : logIncompleteBeta(c, n - c + 1, probability).lower;
  const atMost = c >= n ? 0 : logIncompleteBeta(c + 1, n - c, probability).upper;
  return Math.min(1, 2 * Math.exp(Math.min(atLeast, atMost)));
}

/** The same for a Poisson number of mean `mean`. */
export function poissonTwoSided(count: number, mean: number, inflation = 1): number {
  const c = count / inflation;
  const m = mean / inflation;
  const atLeast = c <= 0 ? 0 : logIncompleteGamma(c, m).lower;
  const atMost = logIncompleteGamma(c + 1, m).upper;
  return Math.min(1, 2 * Math.exp(Math.min(atLeast, atMost)));
}

/** Probability of `count` or more successes in `trials`. */
export function binomialAtLeast(count: number, trials: number, probability: number): number {
  return count <= 0 ? 1 : Math.exp(logIncompleteBeta(count, trials - count + 1, probability).lower);
}

/**
 * Two-sided p-value that is exactly uniform when the count is binomial: the observed count's own probability is split at
 * `uniform`, a number in (0, 1) drawn independently.
 */
export function randomisedBinomial(
  count: number,
  trials: number,
  probability: number,
  uniform: number,
): number {
  const below = count <= 0 ? 0 : Math.exp(logIncompleteBeta(count, trials - count + 1, probability).upper);
  const upTo =
    count >= trials ? 1 : Math.exp(logIncompleteBeta(count + 1, trials - count, probability).upper);
  const rank = below + uniform * (upTo - below);
  return 2 * Math.min(rank, 1 - rank);
}
