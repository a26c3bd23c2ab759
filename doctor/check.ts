import type { Examination } from "./kme/examination.ts";

/** What a check has to say: sentences for what is wrong, none where all is well, or why it was not made. */
export type Outcome = { readonly findings: readonly string[] } | { readonly skipped: string };

/** One thing that a key delivery server has to do. */
export interface Check {
  /** Unique. */
  readonly id: string;
  /** The clause of ETSI GS QKD 014 V1.1.1, or the other document, behind it. */
  readonly clause: string;
  /** What has to hold, in one line. */
  readonly rule: string;
  readonly run: (kme: Examination) => Promise<Outcome> | Outcome;
}

export const found = (...findings: readonly (string | null)[]): Outcome => ({
  findings: findings.filter((one) => one !== null),
});

export const skipped = (reason: string): Outcome => ({ skipped: reason });
