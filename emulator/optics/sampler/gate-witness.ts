import type { SplitEvents } from "./split-events.ts";

/** Sees what the sampler decides, gate by gate; tests use it as the tap of truth. */
export interface GateWitness {
  /** A batch of candidates begins to be drawn. */
  batchStarts(): void;
  /**
   * One event of candidate `candidate` of the batch: its table row and its uniform word, of which the first `bits` were
   * drawn. The others are zero and reach no other detector whatever they were.
   */
  event(candidate: number, row: number, word: number, bits: 8 | 32): void;
  /** All events of candidate `candidate` under photon splitting. */
  split(candidate: number, events: SplitEvents): void;
  /**
   * A gate with a candidate (index in the batch, or -1) or a released carrier. `released`, `live` and `clicks` are
   * masks: 0x40 detector 0, 0x80 detector 1.
   */
  gate(offset: number, candidate: number, released: number, live: number, clicks: number): void;
}
