import {
  CARRIER_NUMBER_AT,
  GEOMETRIC_TABLE_WORDS,
  MAX_PENDING,
  RELEASE_AT,
  RELEASE_PARTS_AT,
  RELEASE_WEIGHT_AT,
  TRAP_AT,
} from "../../../kernels/index.ts";
import { drawGeometric } from "../random/geometric-table.ts";
import { drawPoissonNumber } from "../random/poisson-number.ts";
import { xoshiroStep } from "../random/xoshiro.ts";

/**
 * Trapped carriers. Every avalanche traps a Poisson number of mean p_ap in its own detector; a carrier is released
 * after 1 + geometric gates, its time constant drawn from the weights of the decay. Avalanches that trap nothing are
 * counted down instead of drawn one by one, which is the same by the geometric law.
 */
export class Afterpulses {
  /** Waiting carriers, latest release first: 2 * offset + detector. */
  readonly #pending = new Float64Array(MAX_PENDING);
  readonly #stream: Uint32Array;
  readonly #next: () => number;
  #waiting = 0;
  #untilTrap = 0;
  /** Of the carriers that the next trapping avalanche leaves. */
  readonly #delays: number[] = [];
  overflowed = false;

  constructor(seed: Uint32Array) {
    this.#stream = seed.slice(24, 28);
    this.#next = () => xoshiroStep(this.#stream);
  }

  load(tables: Uint32Array): void {
    this.#drawTrap(tables);
  }

  shift(gates: number): void {
    for (let i = 0; i < this.#waiting; i++) this.#pending[i] = this.#pending[i]! - 2 * gates;
  }

  /** Offset of the earliest release, or Infinity. */
  get nextOffset(): number {
    return this.#waiting === 0 ? Number.POSITIVE_INFINITY : Math.floor(this.#pending[this.#waiting - 1]! / 2);
  }

  /** Removes the earliest release and returns its detector. */
  release(): 0 | 1 {
    return this.#pending[--this.#waiting]! % 2 === 0 ? 0 : 1;
  }

  /** An avalanche at `offset` in `detector`. */
  avalanche(tables: Uint32Array, offset: number, detector: 0 | 1): void {
    if (this.#untilTrap > 0) {
      this.#untilTrap--;
      return;
    }
    for (const delay of this.#delays) this.#insert(2 * (offset + delay) + detector);
    this.#drawTrap(tables);
  }

  /** The next trap: what comes before it and what it leaves. */
  #drawTrap(tables: Uint32Array): void {
    this.#untilTrap = drawGeometric(tables, TRAP_AT, this.#next(), this.#next);
    this.#delays.length = 0;
    for (let left = drawPoissonNumber(tables, CARRIER_NUMBER_AT, this.#next()); left > 0; left--) {
      const at = RELEASE_AT + this.#drawPart(tables) * GEOMETRIC_TABLE_WORDS;
      this.#delays.push(1 + drawGeometric(tables, at, this.#next(), this.#next));
    }
  }

  /** Exponential of a carrier's release. */
  #drawPart(tables: Uint32Array): number {
    const last = tables[RELEASE_PARTS_AT]! - 1;
    if (last === 0) return 0;
    const choice = this.#next();
    let part = 0;
    while (part < last && choice >= tables[RELEASE_WEIGHT_AT + part]!) part++;
    return part;
  }

  #insert(entry: number): void {
    if (this.#waiting === MAX_PENDING) {
      this.overflowed = true;
      return;
    }
    let at = this.#waiting++;
    while (at > 0 && this.#pending[at - 1]! < entry) {
      this.#pending[at] = this.#pending[at - 1]!;
      at--;
    }
    this.#pending[at] = entry;
  }
}
