/** One observable that speaks for a cause, or against it. */
export interface Evidence {
  readonly observable: string;
  /** How strongly, in standard deviations. */
  readonly sigmas: number;
  /** The same in words, with the change that was seen and what the cause foretells. */
  readonly text: string;
}

/** One likely cause of what the link shows. */
export interface LikelyCause {
  readonly cause: string;
  /** The same in words. */
  readonly title: string;
  /** From 0 to 1. */
  readonly probability: number;
  /** Its best-fitting severity in words. */
  readonly severity: string;
  readonly for: readonly Evidence[];
  readonly against: readonly Evidence[];
}

/** Why there is no explanation now, and when there may be one. */
export interface ExplanationWait {
  /** The first look is not over; the healthy link is being learnt; light or counts are missing; nothing will come. */
  readonly state: "looking" | "learning" | "dark" | "failed";
  readonly sentence: string;
  readonly remedy: string;
  /** Seconds until the next attempt at the earliest; null where waiting does not help. */
  readonly readyInS: number | null;
}

/** What a site makes of its own counts and readings: the likeliest causes, the first first. It holds no bit of any key. */
export interface Explanation {
  readonly atMs: number;
  /** The cause, or `not sure`. */
  readonly answer: string;
  readonly causes: readonly LikelyCause[];
  /** Why there is no single answer. */
  readonly doubts: readonly string[];
  readonly pair: { readonly causes: readonly string[]; readonly text: string } | null;
  /** Probability that it is none of the causes in the list. */
  readonly noneOfThese: number;
  /** What changed most, whatever the cause. */
  readonly changes: readonly Evidence[];
  /** Observables of the baseline that this site does not see. */
  readonly missing: readonly string[];
  /** What to do next. */
  readonly next: string;
  /** Health indicators of an eavesdropper that are raised. */
  readonly indicators: readonly { readonly name: string; readonly evidence: string }[];
  /** Frames of which both sites had a half, and those that listed different gates; null where nobody counted them. */
  readonly frames: { readonly paired: number; readonly unlike: number } | null;
  /** What the link was compared with; null while there is nothing. */
  readonly baseline: {
    readonly path: string;
    readonly learntUtc: string;
    /** Written by a command, or learnt by this site from the running link. */
    readonly from: "file" | "runningLink";
  } | null;
  /** Null for an explanation; else the rest is empty. */
  readonly waiting: ExplanationWait | null;
}
