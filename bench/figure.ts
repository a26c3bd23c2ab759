/** One measured figure of the suite. */
export interface Figure {
  readonly bench: string;
  readonly what: string;
  readonly unit: string;
  /** Median of the runs. */
  readonly median: number;
  /** Half the distance of the quartiles; null for a single observation. */
  readonly spread: number | null;
  readonly runs: number;
  readonly target?: Target;
  /** The same work by the plain way, measured in this process run. */
  readonly baseline?: Baseline;
  /** Conditions that a reader must know, or counts found beside the figure. */
  readonly note?: string;
}

/** What a figure is held against: it has to be at least or at most so much. */
export interface Target {
  readonly bound: "least" | "most";
  readonly value: number;
}

/** A plain implementation's figure, in the same unit. */
export interface Baseline {
  readonly what: string;
  readonly value: number;
}

/** How many times better than the baseline: above 1 the figure wins, whichever way its unit counts. */
export function ratioOf({ median, baseline, target }: Figure): number | null {
  if (baseline === undefined || median === 0 || baseline.value === 0) return null;
  return target?.bound === "most" ? baseline.value / median : median / baseline.value;
}

/** Whether the median meets the target; null where there is none. */
export function meets({ median, target }: Figure): boolean | null {
  if (target === undefined) return null;
  return target.bound === "least" ? median >= target.value : median <= target.value;
}
