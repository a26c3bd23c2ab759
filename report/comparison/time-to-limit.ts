import type { LimitRange } from "../verdict.ts";

/** Days from the last report until a straight course meets the limit, with the band of its slope; null: never in sight. */
export interface TimeToLimit {
  readonly days: number | null;
  readonly earliestDays: number | null;
  readonly latestDays: number | null;
}

const FEWEST_POINTS = 3;

/** Weighted straight line through the points of several reports, and where it meets the nearer limit in its way. */
export function timeToLimit(
  points: readonly { readonly day: number; readonly value: number; readonly u: number }[],
  limit: LimitRange,
): TimeToLimit | null {
  if (points.length < FEWEST_POINTS) return null;
  const smallest = Math.max(...points.map(({ u }) => u)) / 1000 || 1e-12;
  const weighted = points.map((point) => ({ ...point, w: 1 / Math.max(point.u, smallest) ** 2 }));
  const W = weighted.reduce((sum, { w }) => sum + w, 0);
  const mean = (of: (point: (typeof weighted)[number]) => number) =>
    weighted.reduce((sum, point) => sum + point.w * of(point), 0) / W;
  const day = mean((point) => point.day);
  const value = mean((point) => point.value);
  const spread = weighted.reduce((sum, point) => sum + point.w * (point.day - day) ** 2, 0);
  if (!(spread > 0)) return null;
  const slope =
    weighted.reduce((sum, point) => sum + point.w * (point.day - day) * (point.value - value), 0) / spread;
  // The larger of counting and scatter: few reports scatter more than each one's own U says.
  const scatter =
    weighted.reduce(
      (sum, point) => sum + point.w * (point.value - value - slope * (point.day - day)) ** 2,
      0,
    ) /
    (points.length - 2);
  const U = 2 * Math.sqrt(Math.max(1, scatter) / spread);
  const last = Math.max(...points.map((point) => point.day));
  const now = value + slope * (last - day);
  const until = (course: number): number | null => {
    const end = course > 0 ? limit.high : course < 0 ? limit.low : null;
    if (end === null) return null;
    return Math.max(0, (end - now) / course);
  };
  const steeper = slope >= 0 ? slope + U : slope - U;
  const flatter = slope >= 0 ? Math.max(0, slope - U) : Math.min(0, slope + U);
  return { days: until(slope), earliestDays: until(steeper), latestDays: until(flatter) };
}
