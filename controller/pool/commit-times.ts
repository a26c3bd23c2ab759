/** How long commits took, since the store was opened. */
export interface CommitTimes {
  /** Commits of each duration: up to each bound of `COMMIT_BOUNDS_S`, the last for what took longer. */
  readonly counts: readonly number[];
  /** Of all of them, seconds. */
  readonly sumS: number;
}

/** Bounds of durations, seconds. */
export const COMMIT_BOUNDS_S: readonly number[] = [
  0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];

/** Counts commits by their duration. */
export class CommitClock {
  readonly #counts: number[] = new Array(COMMIT_BOUNDS_S.length + 1).fill(0);
  #sumS = 0;

  add(durationMs: number): void {
    const seconds = durationMs / 1000;
    const found = COMMIT_BOUNDS_S.findIndex((bound) => seconds <= bound);
    const at = found === -1 ? COMMIT_BOUNDS_S.length : found;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sumS += seconds;
  }

  get times(): CommitTimes {
    return { counts: [...this.#counts], sumS: this.#sumS };
  }
}
