import { CLEAN_RUN, MAX_PASSES, WAVE_LEAVES } from "../../kernels/plan/cascade-plan.ts";
import { type PassOrder, ReferencePass } from "./cascade-pass.ts";

/** One frame's side of Cascade: what it asks in a round and what it learns from the answers. */
export class ReferenceFrame {
  readonly #key: Uint8Array;
  readonly #flips: boolean;
  readonly #order: (pass: number) => PassOrder;
  readonly #passes: ReferencePass[] = [];
  #leaves: [number, number][] = [];
  /** Passes whose blocks are compared in this round; none while a wave runs. */
  #tops: number[] = [];
  #current = 0;
  #cleanWanted = CLEAN_RUN;
  #maskWaves = 0;
  done = false;
  corrected = 0;

  /** `order(p)` describes pass p; `flips` is true on Bob's side, whose `key` is corrected in place. */
  constructor(key: Uint8Array, flips: boolean, order: (pass: number) => PassOrder) {
    this.#key = key;
    this.#flips = flips;
    this.#order = order;
    this.#next();
  }

  /** Runs on until `passes` more random subsets are clean. */
  extend(passes: number): void {
    this.#cleanWanted += passes;
    this.done = false;
    this.#next();
  }

  /** Ranges of a pass that its top compares: in later passes the last block follows from the others. */
  #blocks(index: number): [number, number][] {
    const pass = this.#passes[index]!;
    const { block, slots } = pass.order;
    return Array.from({ length: pass.blocks - (index > 0 ? 1 : 0) }, (_, i) => [
      i * block,
      Math.min(slots, (i + 1) * block),
    ]);
  }

  emit(): number[] {
    if (this.done) return [];
    const parities = (index: number, ranges: readonly [number, number][]) =>
      ranges.map(([from, to]) => this.#passes[index]!.parity(this.#key, from, to));
    if (this.#tops.length > 0) return this.#tops.flatMap((index) => parities(index, this.#blocks(index)));
    const pass = this.#passes[this.#current]!;
    const lower = this.#leaves.map(([from, to]): [number, number] => [from, pass.middle(from, to)]);
    return parities(this.#current, lower);
  }

  /** `differs[i]`: whether the sides' parities of range i differ. */
  absorb(differs: readonly number[]): void {
    if (this.done) return;
    if (this.#tops.length > 0) this.#absorbTops(differs);
    else this.#absorbHalves(differs);
    if (this.#leaves.length === 0) this.#next();
  }

  #absorbTops(differs: readonly number[]): void {
    let at = 0;
    for (const index of this.#tops) {
      const pass = this.#passes[index]!;
      let last = 0;
      for (const [from] of this.#blocks(index)) {
        if (differs[at++] === 0) continue;
        last ^= 1;
        pass.toggle(from);
      }
      if (index > 0 && last) pass.toggle((pass.blocks - 1) * pass.order.block);
    }
    this.#tops = [];
  }

  #absorbHalves(differs: readonly number[]): void {
    const pass = this.#passes[this.#current]!;
    const open: [number, number][] = [];
    this.#leaves.forEach(([from, to], i) => {
      const middle = pass.middle(from, to);
      pass.split(from, to, middle);
      this.#descend(differs[i] ? [from, middle] : [middle, to], open);
    });
    this.#leaves = open;
  }

  /** Flips a leaf of one bit; keeps a longer one open. */
  #descend(leaf: [number, number], open: [number, number][]): void {
    const pass = this.#passes[this.#current]!;
    const [from, to] = pass.narrow(...leaf);
    if (to - from === 1) this.#flip(from);
    else open.push([from, to]);
  }

  #flip(slot: number): void {
    const bit = this.#passes[this.#current]!.order.bitIn(slot);
    if (bit < 0) return;
    if (this.#flips) this.#key[bit]! ^= 1;
    this.corrected++;
    this.#passes.forEach((pass, p) => {
      if (p !== this.#current) pass.toggle(pass.order.slotOf(bit));
    });
  }

  /**
   * Picks the next wave: odd leaves of the lowest pass that has any, else new passes, else the end. Pass 2 has several
   * cells; later ones a single mask, due until `cleanWanted` are there and one for each wave they began.
   */
  #next(): void {
    for (;;) {
      this.done = this.corrected > this.#key.length;
      if (this.done) return;
      const odd = this.#passes.findIndex((pass) => pass.oddCount > 0);
      if (odd >= 0) {
        this.#current = odd;
        if (odd > 2) this.#maskWaves++;
        const open: [number, number][] = [];
        for (const leaf of this.#passes[odd]!.takeOdd(WAVE_LEAVES)) this.#descend(leaf, open);
        this.#leaves = open;
        if (open.length > 0) return;
        continue;
      }
      const started = this.#passes.length;
      const due = started < 3 ? started + 1 : Math.min(MAX_PASSES, 3 + this.#cleanWanted + this.#maskWaves);
      this.done = started >= due;
      if (this.done) return;
      for (let index = started; index < due; index++) {
        this.#passes.push(new ReferencePass(this.#order(index)));
        if (index === 0 || this.#passes[index]!.blocks > 1) this.#tops.push(index);
      }
      if (this.#tops.length > 0) return;
    }
  }
}
