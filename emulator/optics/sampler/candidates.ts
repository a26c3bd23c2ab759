import {
  BATCH,
  DIGITS_AT,
  EVENT_NUMBER_AT,
  FLAG_JITTER,
  FLAG_PREVIOUS,
  FLAG_SPLIT,
  FLAG_SUBSTITUTION,
  FLAGS_AT,
  GAP_AT,
  ROWS_AT,
  SEVERAL_AT,
  WINDOW_GATES,
} from "../../../kernels/index.ts";
import { drawDigits } from "../random/digit-table.ts";
import { drawGeometric } from "../random/geometric-table.ts";
import { drawPoissonNumber } from "../random/poisson-number.ts";
import { xoshiroStep } from "../random/xoshiro.ts";
import type { GateWitness } from "./gate-witness.ts";
import { aliceJitter, aliceSettings, bobSettings, stateAfterEve } from "./settings.ts";
import { splitEvents } from "./split-events.ts";

/**
 * Candidate gates: those at which at least one event would happen for the brightest pulse. Events are photoelectrons
 * at the highest mean, dark counts and noise photons; together a Poisson number a gate, so candidates are a geometric
 * process that knows nothing of any setting. Each event then meets the row of its gate's settings, which keeps it with
 * probability actual/highest mean and routes it to a detector: Poisson thinning and splitting, exact.
 */
export class CandidateBatch {
  readonly offset = new Uint32Array(BATCH);
  readonly code = new Uint8Array(BATCH);
  /** Intensity of the gate before, looked at only under the pattern effect. */
  readonly previous = new Uint8Array(BATCH);
  count = 0;

  readonly #lanes: Uint32Array;
  readonly #gapStream: Uint32Array;
  readonly #eventStream: Uint32Array;
  readonly #witness: GateWitness | undefined;
  /** Words of the lanes for a batch: a byte a candidate for its first event, then what its gap is drawn from. */
  readonly #words = new Uint32Array((6 * BATCH) / 4);
  readonly #bytes = new Uint8Array(this.#words.buffer);
  readonly #rows = new Uint16Array(BATCH);
  /** Candidates with a single event before one holds several. */
  #untilSeveral = 0;

  readonly #nextGapWord = () => xoshiroStep(this.#gapStream);
  readonly #nextEventWord = () => xoshiroStep(this.#eventStream);

  constructor(seed: Uint32Array, witness?: GateWitness) {
    this.#lanes = seed.slice(0, 16);
    this.#gapStream = seed.slice(16, 20);
    this.#eventStream = seed.slice(20, 24);
    this.#witness = witness;
  }

  /** Draws the next batch from offset `origin` on, up to the end of the window. */
  fill(tables: Uint32Array, origin: number, windowLow: number, windowHigh: number): void {
    this.#witness?.batchStarts();
    this.count =
      tables[DIGITS_AT] === 0 ? this.#drawFarOffsets(tables, origin) : this.#drawCloseOffsets(tables, origin);
    for (let i = 0; i < this.count; i++) this.#meet(tables, i, windowLow, windowHigh);
    if ((tables[FLAGS_AT]! & FLAG_SPLIT) === 0) this.#meetMore(tables);
  }

  #drawFarOffsets(tables: Uint32Array, origin: number): number {
    this.#drawWords(BATCH / 4 + BATCH);
    let next = origin;
    for (let i = 0; i < BATCH; i++) {
      const offset = next + drawGeometric(tables, GAP_AT, this.#words[BATCH / 4 + i]!, this.#nextGapWord);
      if (offset >= WINDOW_GATES) return i;
      this.offset[i] = offset;
      next = offset + 1;
    }
    return BATCH;
  }

  /** Draws the whole batch, whether or not the window ends in it. */
  #drawCloseOffsets(tables: Uint32Array, origin: number): number {
    this.#drawWords(tables[DIGITS_AT] === 3 ? (6 * BATCH) / 4 : BATCH);
    const byte = (part: number, i: number) => this.#bytes[part * BATCH + i]!;
    let next = origin;
    for (let i = 0; i < BATCH; i++) {
      const bits = {
        entries: [byte(1, i) & 15, byte(1, i) >>> 4, byte(4, i) & 15],
        bytes: [byte(2, i), byte(3, i), byte(5, i)],
      };
      this.offset[i] = next + drawDigits(tables, DIGITS_AT, bits, this.#nextGapWord);
      next = this.offset[i]! + 1;
    }
    const end = this.offset.findIndex((offset) => offset >= WINDOW_GATES);
    return end < 0 ? BATCH : end;
  }

  /** To be called when the tables change. */
  load(tables: Uint32Array): void {
    this.#untilSeveral = this.#drawUntilSeveral(tables);
  }

  #drawUntilSeveral(tables: Uint32Array): number {
    return drawGeometric(tables, SEVERAL_AT, this.#nextEventWord(), this.#nextEventWord);
  }

  #drawWords(count: number): void {
    for (let i = 0; i < count; i++) this.#words[i] = xoshiroStep(this.#lanes, i & 3, 4);
  }

  #meet(tables: Uint32Array, i: number, windowLow: number, gateHigh: number): void {
    const flags = tables[FLAGS_AT]!;
    const gateLow = (windowLow + this.offset[i]!) >>> 0;
    const alice = aliceSettings(tables, gateLow, gateHigh);
    const settings = alice | bobSettings(tables, gateLow, gateHigh);
    let row = settings & 0x1f;
    if ((flags & FLAG_SUBSTITUTION) !== 0)
      row = (row & 0x1c) | stateAfterEve(tables, gateLow, gateHigh, alice & 3);
    if ((flags & FLAG_PREVIOUS) !== 0) {
      const before = (gateLow - 1) >>> 0;
      const beforeHigh = gateLow === 0 ? gateHigh - 1 : gateHigh;
      const earlier = aliceSettings(tables, before, beforeHigh);
      this.previous[i] = earlier & 0xd;
      row |= ((earlier >>> 2) & 3) << 5;
    }
    if ((flags & FLAG_JITTER) !== 0) row |= aliceJitter(tables, gateLow, gateHigh) << 7;
    this.#rows[i] = row;
    this.code[i] = settings | this.#firstEvents(tables, i, settings);
  }

  /** Detectors reached by the first event, under photon splitting by all of them. */
  #firstEvents(tables: Uint32Array, i: number, settings: number): number {
    const top = this.#bytes[i]! ^ 0x80;
    const rest = () => this.#nextEventWord() >>> 8;
    if ((tables[FLAGS_AT]! & FLAG_SPLIT) !== 0) {
      const split = splitEvents(tables, settings, top * 2 ** 24 + rest(), this.#nextEventWord);
      this.#witness?.split(i, split);
      const [zero, one] = split.photoelectrons;
      return split.others | (zero > 0 ? 0x40 : 0) | (one > 0 ? 0x80 : 0);
    }
    const row = ROWS_AT + 2 * this.#rows[i]!;
    // Where the byte ties with no threshold's, the rest of the word decides nothing and is not drawn.
    const ties = top === tables[row]! >>> 24 || top === tables[row + 1]! >>> 24;
    const word = top * 2 ** 24 + (ties ? rest() : 0);
    this.#witness?.event(i, this.#rows[i]!, word, ties ? 32 : 8);
    return detectorOf(tables, row, word);
  }

  /** Further events of the candidates that have several: counted down to, the same by the geometric law. */
  #meetMore(tables: Uint32Array): void {
    let i = this.#untilSeveral;
    for (; i < this.count; i += 1 + this.#drawUntilSeveral(tables)) {
      const row = this.#rows[i]!;
      const number = drawPoissonNumber(tables, EVENT_NUMBER_AT, this.#nextEventWord(), 2);
      for (let left = number; left > 1; left--) {
        const word = this.#nextEventWord();
        this.code[i]! |= detectorOf(tables, ROWS_AT + 2 * row, word);
        this.#witness?.event(i, row, word, 32);
      }
    }
    this.#untilSeveral = i - this.count;
  }
}

/** Detectors (0x40, 0x80, none) that an event reaches in the row at word `row`. */
function detectorOf(tables: Uint32Array, row: number, word: number): number {
  if (word < tables[row]!) return 0x40;
  return word < tables[row + 1]! ? 0x80 : 0;
}
