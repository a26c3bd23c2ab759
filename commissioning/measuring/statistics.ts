/** Mean of values; NaN for none. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation of one value, from its sample; 0 for fewer than two. */
export function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

/** Standard uncertainty of the mean of a sample. */
export const standardError = (values: readonly number[]): number =>
  values.length === 0 ? 0 : deviation(values) / Math.sqrt(values.length);

/** A straight line through points, with the standard uncertainty of its slope and the scatter around it. */
export interface StraightLine {
  readonly slope: number;
  readonly offset: number;
  readonly slopeU: number;
  readonly scatter: number;
}

/** Least squares, weighted where weights (1/u²) are given. */
export function straightLine(
  x: readonly number[],
  y: readonly number[],
  weights: readonly number[] = x.map(() => 1),
): StraightLine {
  const W = weights.reduce((sum, w) => sum + w, 0);
  const weighted = (of: (index: number) => number) =>
    weights.reduce((sum, w, index) => sum + w * of(index), 0) / W;
  const [middleX, middleY] = [weighted((i) => x[i]!), weighted((i) => y[i]!)];
  const spread = weights.reduce((sum, w, i) => sum + w * (x[i]! - middleX) ** 2, 0);
  const slope = weights.reduce((sum, w, i) => sum + w * (x[i]! - middleX) * (y[i]! - middleY), 0) / spread;
  const offset = middleY - slope * middleX;
  const squares = weights.reduce((sum, w, i) => sum + w * (y[i]! - offset - slope * x[i]!) ** 2, 0);
  const scatter = x.length > 2 ? squares / (x.length - 2) : 0;
  return { slope, offset, slopeU: Math.sqrt(scatter / spread), scatter: Math.sqrt(scatter) };
}
