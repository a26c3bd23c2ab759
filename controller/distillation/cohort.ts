import type { Kernels } from "../../kernels/index.ts";
import { BitString } from "./bit-planes.ts";
import type { CascadeDialogue } from "./cascade-dialogue.ts";
import type { ErrorCount } from "./qber-estimate.ts";

/** Verifications that may fail before a cohort is given up. */
export const MAX_EXTENSIONS = 3;

/** Where a cohort stands. */
export type CohortState = "collecting" | "reconciling" | "verifying" | "disclosing" | "kept" | "discarded";

/** Key-basis bits of consecutive whole frames that are reconciled and verified together. */
export class Cohort {
  readonly index: number;
  /** This site's sifted bits. */
  readonly key = new BitString();
  /** Intensities of those bits, which tell Bob to which one an error belongs. */
  readonly decoy = new BitString();
  readonly vacuum = new BitString();
  state: CohortState = "collecting";
  dialogue: CascadeDialogue | null = null;
  /** Verifications that failed so far. */
  attempt = 0;
  /** The sifted bits as they were before correction. */
  raw: Uint8Array = new Uint8Array();
  /** The verified bits, once the cohort is kept. */
  corrected: Uint8Array = new Uint8Array();
  bits = 0;
  test: ErrorCount = { errors: 0, bits: 0 };

  constructor(index: number) {
    this.index = index;
  }

  get settled(): boolean {
    return this.state === "kept" || this.state === "discarded";
  }

  /** No more frames join: fixes the bits that reconciliation starts from. */
  close(): void {
    this.bits = this.key.bits;
    this.raw = this.key.take();
    this.state = "reconciling";
  }

  settle(state: "kept" | "discarded"): void {
    this.state = state;
    if (state === "kept") this.corrected = this.dialogue?.result() ?? this.raw;
    this.release();
  }

  /** Wipes what is no longer needed and gives the kernel's memory back. */
  release(): void {
    this.dialogue?.free();
    this.dialogue = null;
    this.raw.fill(0);
    this.raw = new Uint8Array();
    this.key.wipe();
    this.decoy.wipe();
    this.vacuum.wipe();
  }

  /** Drops the cohort with its key. */
  drop(): void {
    this.release();
    this.corrected.fill(0);
  }
}

/** Verification tag of a cohort's bits as they stand. */
export function cohortTag(kernels: Kernels, cohort: Cohort, hashKey: Uint8Array): Uint8Array {
  const bits = cohort.dialogue?.result() ?? cohort.raw;
  const tag = kernels.hash.polynomial(hashKey, bits);
  bits.fill(0);
  return tag;
}
