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

function emptyWords(bits: number): Uint32Array {
  return new Uint32Array((bits + 31) >> 5);
}

/** The plane as 32-bit words; copied only where its place or length does not allow a view. */
function words(source: Uint8Array, bits: number): Uint32Array {
  const count = (bits + 31) >> 5;
  const aligned = source.byteOffset % 4 === 0 && source.byteOffset + 4 * count <= source.buffer.byteLength;
  if (aligned) return new Uint32Array(source.buffer, source.byteOffset, count);
  const copy = new Uint8Array(4 * count);
  copy.set(source.subarray(0, bytesFor(bits)));
  return new Uint32Array(copy.buffer);
}

function plane(source: Uint32Array, bits: number): Uint8Array {
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
  #bytes: Uint8Array;
  #bits = 0;

  constructor(capacityBits = 0) {
    this.#bytes = new Uint8Array(bytesFor(capacityBits) + 1);
  }

  get bits(): number {
    return this.#bits;
  }

  /** Appends the first `bits` bits of the plane; what lies behind them is ignored. */
  append(plane: Uint8Array, bits: number): void {
    this.#reserve(this.#bits + bits);
    const shift = this.#bits & 7;
    const start = this.#bits >> 3;
    const count = bytesFor(bits);
    if (shift === 0) this.#bytes.set(plane.subarray(0, count), start);
    else shiftInto(this.#bytes, start, plane, count, shift);
    this.#bits += bits;
    clearTail(this.#bytes, this.#bits);
    this.#bytes.fill(0, bytesFor(this.#bits), start + count + 1);
  }

  /** The string in a buffer of its own; this object is empty afterwards. */
  take(): Uint8Array {
    const length = bytesFor(this.#bits);
    const result = this.#bytes.slice(0, length);
    this.wipe();
    return result;
  }

  /** Overwrites and empties the string. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#bits = 0;
  }

  #reserve(bits: number): void {
    const need = bytesFor(bits) + 1;
    if (need <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(need, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes.fill(0);
    this.#bytes = grown;
  }
}

function shiftInto(target: Uint8Array, start: number, plane: Uint8Array, count: number, shift: number): void {
  let carry = target[start] ?? 0;
  for (let i = 0; i < count; i++) {
    const byte = plane[i] ?? 0;
    target[start + i] = carry | ((byte << shift) & 0xff);
    carry = byte >> (8 - shift);
  }
  target[start + count] = carry;
}
