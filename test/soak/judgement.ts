import { floors, type Point, risingSigmas, slopePerS } from "./trend.ts";

/** A quantity of one process over the run. */
export interface Series {
  /** `alice rss` and the like. */
  readonly name: string;
  readonly unit: "MiB" | "";
  readonly points: readonly Point[];
}

/** What the second half of a series shows. */
export interface Judgement {
  readonly name: string;
  readonly unit: Series["unit"];
  readonly least: number;
  readonly most: number;
  /** A minute. */
  readonly slope: number;
  readonly sigmas: number;
  readonly grows: boolean;
}

/** Memory may grow by so much a minute. */
const MOST_MIB_PER_MIN = 0.5;
/** Handles, timers and files: what comes and goes with callers stays below so many more over the second half. */
const MOST_MORE = 3;
/** One flat series in a thousand rises so clearly by chance. */
const SIGMAS = 3.1;
const WINDOW_S = 30;
/** Fewer windows cannot rise so clearly by chance. */
const LEAST_WINDOWS = 8;

/**
 * Judges the second half: it grows where the slope is beyond its limit and more pairs of windows rise than chance allows.
 * Both must hold, so that a false alarm is at most one flat series in a thousand, however much the readings scatter; a run
 * judges some thirty. With fewer than eight windows nothing can be judged.
 */
export function judge({ name, unit, points }: Series): Judgement {
  const end = points.at(-1)?.atS ?? 0;
  const half = points.filter(({ atS }) => atS >= end / 2);
  const judged = floors(half, WINDOW_S);
  const slope = 60 * slopePerS(judged);
  const sigmas = risingSigmas(judged);
  const limit = unit === "MiB" ? MOST_MIB_PER_MIN : MOST_MORE / Math.max(1, end / 2 / 60);
  const values = half.map(({ value }) => value);
  return {
    name,
    unit,
    least: Math.min(...values),
    most: Math.max(...values),
    slope,
    sigmas,
    grows: judged.length >= LEAST_WINDOWS && slope > limit && sigmas > SIGMAS,
  };
}

/** Whether the second half holds windows enough to be judged. */
export function canJudge({ points }: Series): boolean {
  const end = points.at(-1)?.atS ?? 0;
  return (
    floors(
      points.filter(({ atS }) => atS >= end / 2),
      WINDOW_S,
    ).length >= LEAST_WINDOWS
  );
}
