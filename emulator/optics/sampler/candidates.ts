import {
  BATCH,
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
import { drawGeometric } from "../random/geometric-table.ts";
import { drawPoissonNumber } from "../random/poisson-number.ts";
import { xoshiroStep } from "../random/xoshiro.ts";
import type { GateWitness } from "./gate-witness.ts";
import { aliceSettings, bobSettings, stateAfterEve } from "./settings.ts";
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
  readonly #gapWords = new Uint32Array(BATCH);
  readonly #eventWords = new Uint32Array(BATCH);
  /** Candidates with a single event before one holds several. */
  #untilSeveral = 0;
  #countdownDue = false;

  constructor(seed: Uint32Array, witness?: GateWitness) {
    this.#lanes = seed.slice(0, 16);
    this.#gapStream = seed.slice(16, 20);
    this.#eventStream = seed.slice(20, 24);
    this.#witness = witness;
  }

  /** Draws the next batch from offset `origin` on, up to the end of the window. */
  fill(tables: Uint32Array, origin: number, windowLow: number, windowHigh: number): void {
    this.#witness?.batchStarts();
    this.#drawWords(this.#gapWords);
    this.#drawWords(this.#eventWords);
    const nextGapWord = () => xoshiroStep(this.#gapStream);
    let next = origin;
    this.count = 0;
    while (this.count < BATCH) {
      const offset = next + drawGeometric(tables, GAP_AT, this.#gapWords[this.count]!, nextGapWord);
      if (offset >= WINDOW_GATES) break;
      this.offset[this.count++] = offset;
      next = offset + 1;
    }
    for (let i = 0; i < this.count; i++) this.#meet(tables, i, windowLow, windowHigh);
  }

  /** To be called when the tables change. */
  load(tables: Uint32Array): void {
    this.#untilSeveral = this.#drawUntilSeveral(tables);
  }

  /** Events of the next candidate: counted down instead of drawn one by one, the same by the geometric law. */
  #drawNumber(tables: Uint32Array): number {
    if (this.#untilSeveral > 0) {
      this.#untilSeveral--;
      return 1;
    }
    // Read in the order in which the kernel draws: the number, the events, and only then the next countdown.
    this.#countdownDue = true;
    return drawPoissonNumber(tables, EVENT_NUMBER_AT, xoshiroStep(this.#eventStream), 2);
  }

  #drawUntilSeveral(tables: Uint32Array): number {
    const next = () => xoshiroStep(this.#eventStream);
    return drawGeometric(tables, SEVERAL_AT, next(), next);
  }

  #drawWords(words: Uint32Array): void {
    for (let i = 0; i < BATCH; i++) words[i] = xoshiroStep(this.#lanes, i & 3, 4);
  }

  #meet(tables: Uint32Array, i: number, windowLow: number, gateHigh: number): void {
    const flags = tables[FLAGS_AT]!;
    const gateLow = (windowLow + this.offset[i]!) >>> 0;
    const alice = aliceSettings(tables, gateLow, gateHigh);
    const settings = (alice & 0xff) | bobSettings(tables, gateLow, gateHigh);
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
    if ((flags & FLAG_JITTER) !== 0) row |= (alice >>> 8) << 7;

    if ((flags & FLAG_SPLIT) !== 0) {
      const split = splitEvents(tables, settings, this.#eventWords[i]!, () => xoshiroStep(this.#eventStream));
      this.#witness?.split(i, split);
      const [zero, one] = split.photoelectrons;
      this.code[i] = settings | split.others | (zero > 0 ? 0x40 : 0) | (one > 0 ? 0x80 : 0);
      return;
    }

    const toZero = tables[ROWS_AT + 2 * row]!;
    const toEither = tables[ROWS_AT + 2 * row + 1]!;
    let word = this.#eventWords[i]!;
    let clicks = 0;
    for (let left = this.#drawNumber(tables); ; ) {
      if (word < toZero) clicks |= 0x40;
      else if (word < toEither) clicks |= 0x80;
      this.#witness?.event(i, row, word);
      if (--left === 0) break;
      word = xoshiroStep(this.#eventStream);
    }
    if (this.#countdownDue) {
      this.#untilSeveral = this.#drawUntilSeveral(tables);
      this.#countdownDue = false;
    }
    this.code[i] = settings | clicks;
  }
}
