import { planeBytes } from "../../../../protocol/index.ts";
import { wordsFor } from "./bit-planes.ts";
import { WordPool } from "./word-pool.ts";

/** A growing bit string: planes of any length are appended bit after bit. */
export class BitString {
  readonly #pool: WordPool;
  readonly #capacity: number;
  #words: Int32Array = new Int32Array();
  #bits = 0;

  /** `capacityBits` is what the first append makes room for; more costs copies. */
  constructor(capacityBits = 0, pool = new WordPool()) {
    this.#capacity = wordsFor(capacityBits);
    this.#pool = pool;
  }

  get bits(): number {
    return this.#bits;
  }

  /** The string itself, valid until it changes. Bits past its end are zero. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#words.buffer, 0, planeBytes(this.#bits));
  }

  /** The same as 32-bit words. */
  get words(): Int32Array {
    return this.#words.subarray(0, wordsFor(this.#bits));
  }

  /** A copy of `bits` bits from bit `from` on; zeros behind them. */
  slice(from: number, bits: number): Uint8Array {
    const out = new Int32Array(wordsFor(bits));
    const at = from >> 5;
    const shift = from & 31;
    for (let i = 0; i < out.length; i++) {
      const low = this.#words[at + i] ?? 0;
      out[i] = shift === 0 ? low : (low >>> shift) | ((this.#words[at + i + 1] ?? 0) << (32 - shift));
    }
    const last = out.length - 1;
    if (last >= 0) out[last] = lastWord(out[last] ?? 0, bits);
    return new Uint8Array(out.buffer, 0, planeBytes(bits));
  }

  /** Grows to `bits` zeros; only of an empty string. */
  zeros(bits: number): void {
    this.#reserve(bits);
    this.#bits = bits;
  }

  /** Appends the first `bits` bits of the plane; what lies behind them is ignored. */
  append(source: Uint8Array, bits: number): void {
    if (bits === 0) return;
    this.#reserve(this.#bits + bits);
    const added = words(source, bits);
    const last = added.length - 1;
    const at = this.#bits >> 5;
    const shift = this.#bits & 31;
    const end = lastWord(added[last] ?? 0, bits);
    if (shift === 0) {
      this.#words.set(added, at);
      this.#words[at + last] = end;
    } else appendShifted(this.#words, at, shift, added, end);
    this.#bits += bits;
  }

  /** Hands the string out without a copy, in a buffer that it has for itself; this object is empty afterwards. */
  take(): Uint8Array {
    const result = this.bytes;
    this.#words = new Int32Array();
    this.#bits = 0;
    return result;
  }

  /** Overwrites and empties the string. */
  wipe(): void {
    this.#pool.give(this.#words);
    this.#words = new Int32Array();
    this.#bits = 0;
  }

  #reserve(bits: number): void {
    const need = wordsFor(bits);
    const { length } = this.#words;
    if (need <= length) return;
    const grown = this.#pool.take(Math.max(need, length === 0 ? this.#capacity : 2 * length));
    grown.set(this.#words);
    this.#pool.give(this.#words);
    this.#words = grown;
  }
}

/** Appends words behind the `shift` bits in the word at `at`; `end` takes the place of the last one. */
function appendShifted(target: Int32Array, at: number, shift: number, added: Int32Array, end: number): void {
  const last = added.length - 1;
  const rest = 32 - shift;
  let carry = target[at] ?? 0;
  for (let i = 0; i < last; i++) {
    const word = added[i] ?? 0;
    target[at + i] = carry | (word << shift);
    carry = word >>> rest;
  }
  target[at + last] = carry | (end << shift);
  if (at + last + 1 < target.length) target[at + last + 1] = end >>> rest;
}

/** The plane as 32-bit words; copied only where its place or length does not allow a view. */
function words(source: Uint8Array, bits: number): Int32Array {
  const count = wordsFor(bits);
  const aligned = source.byteOffset % 4 === 0 && source.byteOffset + 4 * count <= source.buffer.byteLength;
  if (aligned) return new Int32Array(source.buffer, source.byteOffset, count);
  const copy = new Uint8Array(4 * count);
  copy.set(source.subarray(0, planeBytes(bits)));
  return new Int32Array(copy.buffer);
}

/** The last word of a plane of that many bits, without what lies behind them. */
function lastWord(word: number, bits: number): number {
  const rest = bits & 31;
  return rest === 0 ? word : word & (2 ** rest - 1);
}
