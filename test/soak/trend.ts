/** One reading of a quantity. */
export interface Point {
  readonly atS: number;
  readonly value: number;
}

/** Slope by Theil and Sen, a second: the median of the slopes of all pairs, which a third of wild readings does not move. */
export function slopePerS(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (const [index, { atS, value }] of points.entries())
    for (const later of points.slice(index + 1))
      if (later.atS > atS) slopes.push((later.value - value) / (later.atS - atS));
  return median(slopes);
}

/**
 * By how many standard deviations more pairs rise than fall (Mann and Kendall, with the variance of tied readings). Beyond
 * 3.1 for one in a thousand of flat series whose readings are independent.
 */
export function risingSigmas(points: readonly Point[]): number {
  let score = 0;
  for (const [index, { value }] of points.entries())
    for (const later of points.slice(index + 1)) score += Math.sign(later.value - value);
  const n = points.length;
  const ties = [...Map.groupBy(points, ({ value }) => value).values()].map(({ length }) => length);
  const term = (count: number) => count * (count - 1) * (2 * count + 5);
  const variance = (term(n) - ties.reduce((sum, count) => sum + term(count), 0)) / 18;
  return variance > 0 ? (score - Math.sign(score)) / Math.sqrt(variance) : 0;
}

/**
 * The least reading of each window: what is left after the collector went through. Readings of one window depend on each
 * other, those of different windows hardly do.
 */
export function floors(points: readonly Point[], windowS: number): Point[] {
  const windows = Map.groupBy(points, ({ atS }) => Math.floor(atS / windowS));
  return [...windows.values()].map((own) =>
    own.reduce((least, point) => (point.value < least.value ? point : least)),
  );
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
