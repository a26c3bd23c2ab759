/**
 * Writes the fixed fields of a message, big-endian, and keeps bit planes as parts of their own, so that large bodies
 * are never copied. `parts` are the body in order.
 */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];
  #open: number[] = [];

  u8(value: number): this {
    this.#open.push(value & 0xff);
    return this;
  }

  u32(value: number): this {
    this.#open.push((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
    return this;
  }

  /** A whole number from 0 to 2^53 - 1 in eight bytes. */
  count(value: number): this {
    return this.u32(Math.floor(value / 2 ** 32)).u32(value % 2 ** 32);
  }

  u64(value: bigint): this {
    return this.u32(Number(value >> 32n)).u32(Number(value & 0xffff_ffffn));
  }

  f64(value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value);
    this.#open.push(...bytes);
    return this;
  }

  counts(values: readonly number[]): this {
    for (const value of values) this.count(value);
    return this;
  }

  /** Bytes whose number the reader knows already. */
  raw(bytes: Uint8Array): this {
    this.#seal();
    if (bytes.length > 0) this.#parts.push(bytes);
    return this;
  }

  /** Bytes behind a 32-bit length. */
  sized(bytes: Uint8Array): this {
    return this.u32(bytes.length).raw(bytes);
  }

  parts(): readonly Uint8Array[] {
    this.#seal();
    return this.#parts;
  }

  #seal(): void {
    if (this.#open.length === 0) return;
    this.#parts.push(Uint8Array.from(this.#open));
    this.#open = [];
  }
}
