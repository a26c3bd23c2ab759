/** Bytes up to this many are copied beside the fields; longer ones stay parts of their own. */
const SMALL_BYTES = 4096;

/**
 * Writes the fixed fields of a message, big-endian, and keeps bit planes as parts of their own, so that large bodies
 * are never copied. `parts` are the body in order.
 */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  /** Where the open part begins and ends. */
  #from = 0;
  #to = 0;

  /** `expectedBytes` spares growing where the size is known. */
  constructor(expectedBytes = 128) {
    this.#bytes = new Uint8Array(expectedBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  u8(value: number): this {
    this.#reserve(1);
    this.#view.setUint8(this.#to, value);
    this.#to += 1;
    return this;
  }

  u32(value: number): this {
    this.#reserve(4);
    this.#view.setUint32(this.#to, value);
    this.#to += 4;
    return this;
  }

  /** A whole number from 0 to 2^53 - 1 in eight bytes. */
  count(value: number): this {
    return this.u32(Math.floor(value / 2 ** 32)).u32(value % 2 ** 32);
  }

  u64(value: bigint): this {
    this.#reserve(8);
    this.#view.setBigUint64(this.#to, value);
    this.#to += 8;
    return this;
  }

  f64(value: number): this {
    this.#reserve(8);
    this.#view.setFloat64(this.#to, value);
    this.#to += 8;
    return this;
  }

  counts(values: readonly number[]): this {
    for (const value of values) this.count(value);
    return this;
  }

  /** Bytes whose number the reader knows already. */
  raw(bytes: Uint8Array): this {
    if (bytes.length > SMALL_BYTES) {
      this.#seal();
      this.#parts.push(bytes);
      return this;
    }
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#to);
    this.#to += bytes.length;
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
    if (this.#to > this.#from) this.#parts.push(this.#bytes.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  /** Makes room; sealed parts stay where they are. */
  #reserve(bytes: number): void {
    if (this.#to + bytes <= this.#bytes.length) return;
    const open = this.#bytes.subarray(this.#from, this.#to);
    const grown = new Uint8Array(2 * (open.length + bytes) + 128);
    grown.set(open);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
    this.#from = 0;
    this.#to = open.length;
  }
}
