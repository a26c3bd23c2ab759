/** Bytes that hold `bits` bits. */
export function bytesFor(bits: number): number {
  return (bits + 7) >> 3;
}

/** Positions where both chose Z (0 in both basis planes); bits past `bits` are zero. */
export function bothZ(a: Uint8Array, b: Uint8Array, bits: number): Uint8Array {
  const [x, y, out] = [words(a, bits), words(b, bits), emptyWords(bits)];
  for (let i = 0; i < out.length; i++) out[i] = ~((x[i] ?? 0) | (y[i] ?? 0));
  return plane(out, bits);
}

/** Positions where both chose X (1 in both basis planes). */
export function bothX(a: Uint8Array, b: Uint8Array, bits: number): Uint8Array {
  const [x, y, out] = [words(a, bits), words(b, bits), emptyWords(bits)];
  for (let i = 0; i < out.length; i++) out[i] = (x[i] ?? 0) & (y[i] ?? 0);
  return plane(out, bits);
}

/** Positions where two planes differ. */
export function differing(a: Uint8Array, b: Uint8Array, bits: number): Uint8Array {
  const [x, y, out] = [words(a, bits), words(b, bits), emptyWords(bits)];
  for (let i = 0; i < out.length; i++) out[i] = (x[i] ?? 0) ^ (y[i] ?? 0);
  return plane(out, bits);
}

/** Positions with a one in either plane. */
export function either(a: Uint8Array, b: Uint8Array, bits: number): Uint8Array {
  const [x, y, out] = [words(a, bits), words(b, bits), emptyWords(bits)];
  for (let i = 0; i < out.length; i++) out[i] = (x[i] ?? 0) | (y[i] ?? 0);
  return plane(out, bits);
}

function emptyWords(bits: number): Int32Array {
  return new Int32Array((bits + 31) >> 5);
}

/** The plane as 32-bit words; copied only where its place or length does not allow a view. */
function words(source: Uint8Array, bits: number): Int32Array {
  const count = (bits + 31) >> 5;
  const aligned = source.byteOffset % 4 === 0 && source.byteOffset + 4 * count <= source.buffer.byteLength;
  if (aligned) return new Int32Array(source.buffer, source.byteOffset, count);
  const copy = new Uint8Array(4 * count);
  copy.set(source.subarray(0, bytesFor(bits)));
  return new Int32Array(copy.buffer);
}

function plane(source: Int32Array, bits: number): Uint8Array {
  const bytes = new Uint8Array(source.buffer, 0, bytesFor(bits));
  clearTail(bytes, bits);
  return bytes;
}

/** Zeroes the bits past `bits` in the last byte. */
function clearTail(bytes: Uint8Array, bits: number): void {
  const rest = bits & 7;
  const last = bits >> 3;
  if (rest !== 0 && last < bytes.length) bytes[last] = (bytes[last] ?? 0) & ((1 << rest) - 1);
}

/** A growing bit string: planes of any length are appended bit after bit. */
export class BitString {
  #words: Int32Array;
  #bits = 0;

  constructor(capacityBits = 0) {
    this.#words = emptyWords(capacityBits);
  }

  get bits(): number {
    return this.#bits;
  }

  /** Appends the first `bits` bits of the plane; what lies behind them is ignored. */
  append(source: Uint8Array, bits: number): void {
    if (bits === 0) return;
    this.#reserve(this.#bits + bits);
    const added = words(source, bits);
    const target = this.#words;
    const shift = this.#bits & 31;
    let at = this.#bits >> 5;
    let carry = shift === 0 ? 0 : (target[at] ?? 0);
    const last = added.length - 1;
    for (let i = 0; i <= last; i++) {
      const word = i === last ? lastWord(added[i] ?? 0, bits) : (added[i] ?? 0);
      target[at++] = carry | (word << shift);
      carry = shift === 0 ? 0 : word >>> (32 - shift);
    }
    if (at < target.length) target[at] = carry;
    this.#bits += bits;
  }

  /** The string in a buffer of its own; this object is empty afterwards. */
  take(): Uint8Array {
    const result = new Uint8Array(this.#words.buffer, 0, bytesFor(this.#bits)).slice();
    this.wipe();
    return result;
  }

  /** Overwrites and empties the string. */
  wipe(): void {
    this.#words.fill(0);
    this.#words = emptyWords(0);
    this.#bits = 0;
  }

  #reserve(bits: number): void {
    const need = (bits + 31) >> 5;
    if (need <= this.#words.length) return;
    const grown = new Int32Array(Math.max(need, this.#words.length * 2));
    grown.set(this.#words);
    this.#words.fill(0);
    this.#words = grown;
  }
}

/** The last word of a plane of that many bits, without what lies behind them. */
function lastWord(word: number, bits: number): number {
  const rest = bits & 31;
  return rest === 0 ? word : word & (2 ** rest - 1);
}
