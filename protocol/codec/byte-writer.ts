/** Bytes up to this many are copied beside the fields; longer ones stay parts of their own. */
export const COPIED_BYTES = 4096;
/** Memory that is kept for the next message. */
const KEPT_BYTES = 1 << 16;

/**
 * Appends big-endian values to memory that it uses again for every message. Ranges are the fields' business.
 * What leaves it is a copy, except long byte fields, which are handed through.
 */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  /** Long byte fields, each with the place that it has among the copied bytes. */
  #long: { readonly at: number; readonly bytes: Uint8Array }[] = [];

  /** Forgets a message, also one whose writing was broken off. */
  clear(): void {
    this.#length = 0;
    if (this.#long.length > 0) this.#long = [];
    if (this.#bytes.length > KEPT_BYTES) this.#replace(new Uint8Array(KEPT_BYTES));
  }

  u8(value: number): void {
    const at = this.#advance(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#advance(2);
    this.#view.setUint16(at, value);
  }

  u32(value: number): void {
    const at = this.#advance(4);
    this.#view.setUint32(at, value);
  }

  u64(value: bigint): void {
    const at = this.#advance(8);
    this.#view.setBigUint64(at, value);
  }

  /** A whole number from 0 to 2^53 - 1 in eight bytes. */
  count(value: number): void {
    const at = this.#advance(8);
    this.#view.setUint32(at, Math.floor(value / 2 ** 32));
    this.#view.setUint32(at + 4, value % 2 ** 32);
  }

  i32(value: number): void {
    const at = this.#advance(4);
    this.#view.setInt32(at, value);
  }

  f32(value: number): void {
    const at = this.#advance(4);
    this.#view.setFloat32(at, value);
  }

  f64(value: number): void {
    const at = this.#advance(8);
    this.#view.setFloat64(at, value);
  }

  bytes(value: Uint8Array): void {
    if (value.length > COPIED_BYTES) {
      this.#long.push({ at: this.#length, bytes: value });
      return;
    }
    const at = this.#advance(value.length);
    this.#bytes.set(value, at);
  }

  /** Everything written, in pieces that belong back to back: copies, and the long byte fields themselves. */
  parts(): Uint8Array[] {
    const copy = this.#bytes.slice(0, this.#length);
    if (this.#long.length === 0) return [copy];
    const parts: Uint8Array[] = [];
    let from = 0;
    for (const { at, bytes } of this.#long) {
      if (at > from) parts.push(copy.subarray(from, at));
      parts.push(bytes);
      from = at;
    }
    if (this.#length > from) parts.push(copy.subarray(from));
    return parts;
  }

  /** Makes room; may replace the memory and its view, so it runs before either is used. */
  #advance(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#length);
      grown.set(this.#bytes);
      this.#replace(grown);
    }
    return start;
  }

  #replace(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** One piece from several that belong back to back; a single piece is handed through. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
