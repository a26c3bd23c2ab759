import type { BitStream } from "./parity.ts";

/** A run of this many bits does not come twice by chance: 2^-128 for a pair of places. */
export const RUN_BITS = 128;

const HASH = 0x9e3779b1;

/** Finds a run of bits anywhere in a stream. */
export class RunIndex {
  readonly #words: Uint32Array;
  readonly #table: Int32Array;
  readonly #shift: number;

  constructor({ words }: BitStream) {
    this.#words = words;
    const places = Math.max(1, (words.length << 5) - RUN_BITS + 1);
    const bits = Math.ceil(Math.log2(places)) + 1;
    this.#shift = 32 - bits;
    this.#table = new Int32Array(1 << bits).fill(-1);
    for (let place = 0; place < places; place++) {
      let slot = this.#slotOf(wordAt(words, place));
      while (this.#table[slot] !== -1) slot = (slot + 1) & (this.#table.length - 1);
      this.#table[slot] = place;
    }
  }

  /** Where the run stands that begins at bit `at` of `words`, or stands inverted; a place that is `except` does not count. */
  find(words: Uint32Array, at: number, except = -1): number | undefined {
    return this.#look(words, at, 0, except) ?? this.#look(words, at, 0xffffffff, except);
  }

  #look(words: Uint32Array, at: number, inverted: number, except: number): number | undefined {
    const first = (wordAt(words, at) ^ inverted) >>> 0;
    for (let slot = this.#slotOf(first); ; slot = (slot + 1) & (this.#table.length - 1)) {
      const place = this.#table[slot]!;
      if (place === -1) return undefined;
      if (place !== except && this.#stands(words, at, inverted, place)) return place;
    }
  }

  #stands(words: Uint32Array, at: number, inverted: number, place: number): boolean {
    for (let bit = 0; bit < RUN_BITS; bit += 32)
      if ((wordAt(words, at + bit) ^ inverted) >>> 0 !== wordAt(this.#words, place + bit)) return false;
    return true;
  }

  #slotOf(word: number): number {
    return Math.imul(word, HASH) >>> this.#shift;
  }
}

/** 32 bits from bit `at` on. */
function wordAt(words: Uint32Array, at: number): number {
  const [word, shift] = [at >>> 5, at & 31];
  if (shift === 0) return words[word]!;
  return ((words[word]! >>> shift) | (words[word + 1]! << (32 - shift))) >>> 0;
}
