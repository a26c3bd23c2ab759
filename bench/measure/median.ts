/** The middle of some samples and how far they lie apart. */
export interface Summary {
  readonly median: number;
  /** Half the distance of the quartiles; null below four samples. */
  readonly spread: number | null;
  readonly runs: number;
}

export function summarise(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  const spread = sorted.length < 4 ? null : (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2;
  return { median: quantile(sorted, 0.5), spread, runs: sorted.length };
}

/** Interpolated quantile of rising samples; NaN for none. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}
