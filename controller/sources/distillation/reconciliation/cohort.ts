import { BitString } from "../memory/bit-string.ts";
import type { WordPool } from "../memory/word-pool.ts";
import type { CascadeDialogue } from "./cascade-dialogue.ts";
import type { ErrorCount } from "./qber-estimate.ts";

/** Verifications that may fail before a cohort is given up. */
export const MAX_EXTENSIONS = 3;

/** Where a cohort stands. */
export type CohortState = "collecting" | "reconciling" | "verifying" | "disclosing" | "kept" | "discarded";

/** Key-basis bits of consecutive whole frames that are reconciled and verified together. */
export class Cohort {
  readonly index: number;
  /** This site's sifted bits; once the cohort is kept, the verified ones. */
  readonly key: BitString;
  /** Intensities of those bits, which tell Bob to which one an error belongs. */
  readonly decoy: BitString;
  readonly vacuum: BitString;
  state: CohortState = "collecting";
  dialogue: CascadeDialogue | null = null;
  /** Verifications that failed so far. */
  attempt = 0;
  bits = 0;
  test: ErrorCount = { errors: 0, bits: 0 };

  /** `capacityBits` is what the cohort is expected to reach. */
  constructor(index: number, capacityBits: number, pool: WordPool) {
    this.index = index;
    this.key = new BitString(capacityBits, pool);
    this.decoy = new BitString(capacityBits, pool);
    this.vacuum = new BitString(0, pool);
  }

  get settled(): boolean {
    return this.state === "kept" || this.state === "discarded";
  }

  /** The bits as they are kept here, a view: before correction until the cohort is settled. */
  get raw(): Uint8Array {
    return this.key.bytes;
  }

  /** No more frames join: fixes the bits that reconciliation starts from. */
  close(): void {
    this.bits = this.key.bits;
    this.state = "reconciling";
  }

  /** `corrected` are the verified bits where they differ from this site's own. */
  settle(state: "kept" | "discarded", corrected?: Uint8Array): void {
    this.state = state;
    if (corrected !== undefined) this.raw.set(corrected);
    if (state === "discarded") this.key.wipe();
    this.#release();
  }

  /** Drops the cohort with its key. */
  drop(): void {
    this.key.wipe();
    this.#release();
  }

  /** Wipes what is no longer needed and gives the kernel's memory back. */
  #release(): void {
    this.dialogue?.free();
    this.dialogue = null;
    this.decoy.wipe();
    this.vacuum.wipe();
  }
}
