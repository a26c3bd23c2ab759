import { CLEAN_RUN, MAX_SUBSET_PASSES, WAVE_LEAVES } from "../../kernels/plan/cascade-plan.ts";
import { type PassOrder, ReferencePass } from "./cascade-pass.ts";

/** One frame's side of Cascade: what it asks in a round and what it learns from the answers. */
export class ReferenceFrame {
  readonly #key: Uint8Array;
  readonly #flips: boolean;
  readonly #order: (pass: number) => PassOrder;
  readonly #passes: ReferencePass[] = [];
  #leaves: [number, number][] = [];
  #atTop = true;
  #current = 0;
  #clean = 0;
  #cleanWanted = CLEAN_RUN;
  done = false;
  corrected = 0;

  /** `order(p)` describes pass p; `flips` is true on Bob's side, whose `key` is corrected in place. */
  constructor(key: Uint8Array, flips: boolean, order: (pass: number) => PassOrder) {
    this.#key = key;
    this.#flips = flips;
    this.#order = order;
    this.#next();
  }

  /** Runs on until `passes` more random subsets in a row are clean. */
  extend(passes: number): void {
    this.#clean = 0;
    this.#cleanWanted = passes;
    this.done = false;
    this.#next();
  }

  /** Ranges whose parities go out in this round. */
  #asked(): [number, number][] {
    const pass = this.#passes[this.#current]!;
    if (!this.#atTop) return this.#leaves.map(([from, to]) => [from, pass.middle(from, to)]);
    const { block, slots } = pass.order;
    const derived = this.#current === 0 ? 0 : 1;
    return Array.from({ length: pass.blocks - derived }, (_, i) => [
      i * block,
      Math.min(slots, (i + 1) * block),
    ]);
  }

  emit(): number[] {
    if (this.done) return [];
    const pass = this.#passes[this.#current]!;
    return this.#asked().map(([from, to]) => pass.parity(this.#key, from, to));
  }

  /** `differs[i]`: whether the sides' parities of range i differ. */
  absorb(differs: readonly number[]): void {
    if (this.done) return;
    if (this.#atTop) this.#absorbTop(differs);
    else this.#absorbHalves(differs);
    if (this.#leaves.length === 0) this.#next();
  }

  #absorbTop(differs: readonly number[]): void {
    const pass = this.#passes[this.#current]!;
    let last = 0;
    differs.forEach((odd, i) => {
      last ^= odd;
      if (odd) pass.toggle(i * pass.order.block);
    });
    if (this.#current > 0 && last) pass.toggle((pass.blocks - 1) * pass.order.block);
    if (pass.order.subset) this.#clean = last ? 0 : this.#clean + 1;
    this.#atTop = false;
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

  /** Picks the next wave: odd leaves of the lowest pass that has any, else a new pass, else the end. */
  #next(): void {
    for (;;) {
      if (this.corrected > this.#key.length) {
        this.done = true;
        return;
      }
      const odd = this.#passes.findIndex((pass) => pass.oddCount > 0);
      if (odd >= 0) {
        this.#current = odd;
        const open: [number, number][] = [];
        for (const leaf of this.#passes[odd]!.takeOdd(WAVE_LEAVES)) this.#descend(leaf, open);
        this.#leaves = open;
        if (open.length > 0) return;
        continue;
      }
      const started = this.#passes.length;
      if (this.#clean >= this.#cleanWanted || started >= 2 + MAX_SUBSET_PASSES) {
        this.done = true;
        return;
      }
      this.#passes.push(new ReferencePass(this.#order(started)));
      this.#current = started;
      if (started > 0 && this.#passes[started]!.blocks === 1) continue;
      this.#atTop = true;
      return;
    }
  }
}
