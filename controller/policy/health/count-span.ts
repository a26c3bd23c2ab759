import { inverseLowerGamma, inverseUpperGamma, logIncompleteGamma } from "../../../physics/index.ts";

/** From the least to the most. */
export type Span = readonly [least: number, most: number];

/** Logarithm of the probability of a normal deviate beyond `sigmas` on one side. */
export function logTailBeyond(sigmas: number): number {
  return logIncompleteGamma(0.5, (sigmas * sigmas) / 2).upper - Math.LN2;
}

/**
 * Means that a count of `dispersion` times the variance of a Poisson number does not contradict: at each end the chance of
 * that count, or of one further away, is that of a normal deviate beyond `sigmas`. Exact (Garwood) for a Poisson number.
 */
export function meanSpan(count: number, sigmas: number, dispersion = 1): Span {
  const chance = Math.exp(logTailBeyond(sigmas));
  const scaled = count / dispersion;
  const least = scaled > 0 ? inverseLowerGamma(scaled, chance) : 0;
  return [dispersion * least, dispersion * inverseUpperGamma(scaled + 1, chance)];
}

/** Least and most of several values. */
export function spanOf(values: readonly number[]): Span {
  return [Math.min(...values), Math.max(...values)];
}
