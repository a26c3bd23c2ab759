/** One observation: the functions' values there, what was seen, and the weight 1 / variance. */
export interface FitRow {
  readonly functions: readonly [number, number, number];
  readonly seen: number;
  readonly weight: number;
}

/** Coefficients of the three functions with their covariance. */
export interface Fit {
  readonly coefficients: readonly [number, number, number];
  readonly covariance: readonly (readonly [number, number, number])[];
}

/** Weighted least squares for three functions, by the normal equations; undefined where the rows do not fix them. */
export function weightedFit(rows: readonly FitRow[]): Fit | undefined {
  const matrix = [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) =>
      rows.reduce((sum, { functions, weight }) => sum + weight * functions[i]! * functions[j]!, 0),
    ),
  );
  const right = [0, 1, 2].map((i) =>
    rows.reduce((sum, { functions, seen, weight }) => sum + weight * functions[i]! * seen, 0),
  );
  const cofactor = (i: number, j: number) => {
    const [a, b] = [(i + 1) % 3, (i + 2) % 3];
    const [c, d] = [(j + 1) % 3, (j + 2) % 3];
    return matrix[a]![c]! * matrix[b]![d]! - matrix[a]![d]! * matrix[b]![c]!;
  };
  const determinant = [0, 1, 2].reduce((sum, j) => sum + matrix[0]![j]! * cofactor(0, j), 0);
  if (!(Math.abs(determinant) > 0) || !Number.isFinite(determinant)) return undefined;
  const inverse = (i: number, j: number) => cofactor(j, i) / determinant;
  const row = (i: number) => [inverse(i, 0), inverse(i, 1), inverse(i, 2)] as const;
  const of = (i: number) => inverse(i, 0) * right[0]! + inverse(i, 1) * right[1]! + inverse(i, 2) * right[2]!;
  return { coefficients: [of(0), of(1), of(2)], covariance: [row(0), row(1), row(2)] };
}
