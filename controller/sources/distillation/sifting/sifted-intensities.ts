import { BitString } from "../memory/bit-string.ts";
import type { WordPool } from "../memory/word-pool.ts";

/** What Bob keeps of a block beside its key-basis bits until its errors are counted. */
export class SiftedIntensities {
  /** One for each key-basis bit that is not of the signal intensity. */
  readonly decoy: BitString;
  /** For each of those, one where it is vacuum. */
  readonly vacuum: BitString;
  testErrors = 0;
  testBits = 0;

  constructor(capacityBits: number, pool: WordPool) {
    this.decoy = new BitString(capacityBits, pool);
    this.vacuum = new BitString(0, pool);
  }

  drop(): void {
    this.decoy.wipe();
    this.vacuum.wipe();
  }
}
