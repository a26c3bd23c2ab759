import type { HashKernel } from "../../../../kernels/index.ts";

const STAGE_BYTES = 1 << 16;

/**
 * Streaming hash over the messages that one side sent in one block. Every message is framed by its kind
 * and length, so that no two sequences of messages hash alike by concatenation. Small messages are gathered before they
 * go to the kernel.
 */
export class Transcript {
  readonly #stream: { update(piece: Uint8Array): void; digest(): Uint8Array };
  readonly #stage = new Uint8Array(STAGE_BYTES);
  #staged = 0;
  #bytes = 0;

  /** `header` binds direction, session, settings and block sequence. */
  constructor(hash: HashKernel, key: Uint8Array, header: Uint8Array) {
    this.#stream = hash.stream(key);
    this.add(0, [header]);
  }

  /** Bytes hashed so far; the forgery bound depends on them. */
  get bytes(): number {
    return this.#bytes;
  }

  add(kind: number, parts: readonly Uint8Array[]): void {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const frame = new Uint8Array(5);
    frame[0] = kind;
    new DataView(frame.buffer).setUint32(1, length);
    this.#put(frame);
    for (const part of parts) this.#put(part);
  }

  /** The hash, with the total length as its last field. Call once. */
  digest(): Uint8Array {
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(this.#bytes));
    this.#put(length);
    this.#flush();
    return this.#stream.digest();
  }

  #put(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#staged + piece.length > STAGE_BYTES) this.#flush();
    if (piece.length > STAGE_BYTES) {
      this.#stream.update(piece);
      return;
    }
    this.#stage.set(piece, this.#staged);
    this.#staged += piece.length;
  }

  #flush(): void {
    if (this.#staged === 0) return;
    this.#stream.update(this.#stage.subarray(0, this.#staged));
    this.#staged = 0;
  }
}
