/** What speaks for a cause or against it. */
export interface Evidence {
  readonly observable: string;
  /** Distance from what a link as built shows, in standard deviations; negative: against the cause. */
  readonly sigma: number;
}

/** One likely cause of what the link shows. */
export interface LikelyCause {
  readonly cause: string;
  /** The same in words. */
  readonly title: string;
  /** From 0 to 1. */
  readonly probability: number;
  readonly evidence: readonly Evidence[];
  /** What to do next, or null. */
  readonly next: string | null;
}

/** The likeliest causes, the first first. */
export interface Explanation {
  readonly atMs: number;
  /** The cause, or `not sure`. */
  readonly answer: string;
  readonly causes: readonly LikelyCause[];
}
