import type { CascadeDialogue } from "./cascade-dialogue.ts";
import { sampleBits } from "./hopeless-cohort.ts";

/** Verifications that may fail before a cohort is given up. */
export const MAX_EXTENSIONS = 3;

/** Where a cohort stands. */
export type CohortState = "reconciling" | "sampling" | "verifying" | "disclosing" | "kept" | "discarded";

/** Whether the round just over calls for a sample, the only one of the cohort; both sides come to that alike. */
export function isToBeSampled({ dialogue, sampled, bits }: Cohort): boolean {
  return dialogue?.doubtful === true && !sampled && sampleBits(bits) > 0;
}

/** Part of a block's key-basis bits that is reconciled and verified together. Its bits lie in the block's string. */
export class Cohort {
  readonly index: number;
  readonly bits: number;
  state: CohortState = "reconciling";
  dialogue: CascadeDialogue | null = null;
  /** Verifications that failed so far. */
  attempt = 0;
  /** Its error rate was doubted, and a sample published. */
  sampled = false;

  constructor(index: number, bits: number) {
    this.index = index;
    this.bits = bits;
  }

  get settled(): boolean {
    return this.state === "kept" || this.state === "discarded";
  }

  settle(state: "kept" | "discarded"): void {
    this.state = state;
    this.free();
  }

  /** Gives the kernel's memory back. */
  free(): void {
    this.dialogue?.free();
    this.dialogue = null;
  }
}
