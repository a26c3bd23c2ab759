import { PeerError } from "../../../../errors/index.ts";

/**
 * Reads the fields of one message body and accepts nothing but exactly that body: a missing byte, a left-over byte or
 * an impossible value throws PeerError `QKD_PEER_PROTOCOL`. Byte fields are views of the body, not copies.
 */
export class ByteReader {
  readonly #body: Uint8Array;
  readonly #view: DataView;
  readonly #message: string;
  #at = 0;

  constructor(message: string, body: Uint8Array) {
    this.#message = message;
    this.#body = body;
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  count(): number {
    const value = this.u64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.refuse("a count is too large");
    return Number(value);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8));
  }

  /** A finite number. */
  f64(): number {
    const value = this.#view.getFloat64(this.#take(8));
    if (!Number.isFinite(value)) throw this.refuse("a number is not finite");
    return value;
  }

  counts(length: number): number[] {
    return Array.from({ length }, () => this.count());
  }

  raw(bytes: number): Uint8Array {
    const from = this.#take(bytes);
    return this.#body.subarray(from, from + bytes);
  }

  sized(limitBytes: number): Uint8Array {
    const bytes = this.u32();
    if (bytes > limitBytes) throw this.refuse("a field is too long");
    return this.raw(bytes);
  }

  /** One of the values, or refuses. */
  oneOf<T extends number>(values: readonly T[]): T {
    const value = this.u8();
    for (const allowed of values) if (allowed === value) return allowed;
    throw this.refuse("a code is unknown");
  }

  get left(): number {
    return this.#body.length - this.#at;
  }

  end(): void {
    if (this.left !== 0) throw this.refuse("bytes are left over");
  }

  refuse(why: string): PeerError {
    return new PeerError("QKD_PEER_PROTOCOL", `the peer's ${this.#message} message is malformed: ${why}`, {
      context: { message: this.#message, bodyBytes: this.#body.length },
    });
  }

  #take(bytes: number): number {
    const from = this.#at;
    if (bytes > this.left) throw this.refuse("it ends early");
    this.#at += bytes;
    return from;
  }
}
