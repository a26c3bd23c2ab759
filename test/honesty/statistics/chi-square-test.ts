import { logIncompleteGamma } from "../../../physics/index.ts";

/** A chi-square statistic and the probability of one as large. */
export interface ChiSquare {
  readonly statistic: number;
  readonly freedom: number;
  readonly pValue: number;
}

/** Upper tail of chi-square with `freedom` degrees of freedom. */
export function chiSquareTail(statistic: number, freedom: number): number {
  if (freedom <= 0) return 1;
  return Number.isFinite(statistic) ? Math.exp(logIncompleteGamma(freedom / 2, statistic / 2).upper) : 0;
}

/** Two-sided: small when the statistic is too small as well as when it is too large. */
export function chiSquareTwoSided(statistic: number, freedom: number): number {
  const above = chiSquareTail(statistic, freedom);
  return Math.min(1, 2 * Math.min(above, 1 - above));
}

/**
 * Pearson's statistic over cells whose expectations add up to the observed total. Neighbouring cells are merged until
 * each expects `smallest`: at the far thresholds used here the chi-square law needs more than the customary five.
 */
export function pearson(observed: readonly number[], expected: readonly number[], smallest = 20): ChiSquare {
  const cells: { observed: number; expected: number }[] = [];
  let open = { observed: 0, expected: 0 };
  for (const [i, count] of observed.entries()) {
    open.observed += count;
    open.expected += expected[i] ?? 0;
    if (open.expected < smallest) continue;
    cells.push(open);
    open = { observed: 0, expected: 0 };
  }
  const last = cells.at(-1);
  if (last !== undefined) {
    last.observed += open.observed;
    last.expected += open.expected;
  }
  const statistic = cells.reduce(
    (sum, cell) => sum + (cell.observed - cell.expected) ** 2 / cell.expected,
    0,
  );
  const freedom = Math.max(0, cells.length - 1);
  return { statistic, freedom, pValue: chiSquareTail(statistic, freedom) };
}

/** Chi-square of a vector of zero-mean sums with a known covariance matrix. */
export function generalised(
  deviation: readonly number[],
  covariance: readonly (readonly number[])[],
): ChiSquare {
  const rows = covariance.map((row) => [...row]);
  const rest = [...deviation];
  let statistic = 0;
  for (let i = 0; i < rest.length; i++) {
    const pivot = rows[i]![i]!;
    if (!(pivot > 0)) return { statistic: Number.POSITIVE_INFINITY, freedom: rest.length, pValue: 0 };
    statistic += rest[i]! ** 2 / pivot;
    for (let k = i + 1; k < rest.length; k++) {
      const factor = rows[k]![i]! / pivot;
      rest[k]! -= factor * rest[i]!;
      for (let j = i; j < rest.length; j++) rows[k]![j]! -= factor * rows[i]![j]!;
    }
  }
  return { statistic, freedom: rest.length, pValue: chiSquareTail(statistic, rest.length) };
}
