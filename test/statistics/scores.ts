/**
 * Standard score of `count` successes in `trials` of probability `probability`; `inflation` widens sigma where trials
 * are correlated.
 */
export function binomialScore(count: number, trials: number, probability: number, inflation = 1): number {
  const sigma = Math.sqrt(trials * probability * (1 - probability)) * inflation;
  // Half a count off the deviation: without it a handful of expected counts would not follow the normal law.
  const deviation = count - trials * probability;
  return (Math.sign(deviation) * Math.max(0, Math.abs(deviation) - 0.5)) / Math.max(sigma, 1e-300);
}

/** Standard score of a chi-square statistic over cells (Wilson-Hilferty); cells expecting less than 8 are merged. */
export function chiSquareScore(observed: readonly number[], expected: readonly number[]): number {
  let statistic = 0;
  let cells = 0;
  let restObserved = 0;
  let restExpected = 0;
  for (let i = 0; i < observed.length; i++) {
    restObserved += observed[i]!;
    restExpected += expected[i]!;
    if (restExpected < 8) continue;
    statistic += (restObserved - restExpected) ** 2 / restExpected;
    cells++;
    restObserved = 0;
    restExpected = 0;
  }
  const freedom = cells - 1;
  const spread = 2 / (9 * freedom);
  return (Math.cbrt(statistic / freedom) - (1 - spread)) / Math.sqrt(spread);
}
