import { PeerError } from "../../errors/index.ts";
import type { BufferPool } from "./buffer-pool.ts";
import type { PeerMessage } from "./peer-channel.ts";

/** Bytes in front of each body: u32 big-endian body length, u8 kind, three zero bytes. */
export const PEER_HEADER_BYTES = 8;

/** Largest body: a privacy-amplification seed of 1.5e8 bits fits with room to spare. */
export const PEER_BODY_LIMIT = 48 * 1024 * 1024;

/** Bodies from this size on come from the pool. */
const POOLED_BYTES = 4096;

/** The header of a message of that kind and body length. */
export function peerHeader(kind: number, bodyBytes: number): Uint8Array {
  const header = new Uint8Array(PEER_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, bodyBytes);
  view.setUint8(4, kind);
  return header;
}

/**
 * Cuts the peer's byte stream into messages. TLS guards integrity, so a bad header means a broken or hostile peer and
 * throws PeerError. Bodies share no memory; those of the pool lie in larger buffers.
 */
export class PeerScanner {
  /** Largest body accepted now; small until the peer has proved who it is. */
  limit: number;
  readonly #header = new Uint8Array(PEER_HEADER_BYTES);
  #headerFill = 0;
  #body: Uint8Array | null = null;
  #bodyFill = 0;

  readonly #pool: BufferPool;

  constructor(limit: number, pool: BufferPool) {
    this.limit = limit;
    this.#pool = pool;
  }

  push(chunk: Uint8Array): PeerMessage[] {
    const messages: PeerMessage[] = [];
    let at = 0;
    while (at < chunk.length || this.#body?.length === this.#bodyFill) {
      if (this.#body === null) {
        const take = Math.min(PEER_HEADER_BYTES - this.#headerFill, chunk.length - at);
        this.#header.set(chunk.subarray(at, at + take), this.#headerFill);
        this.#headerFill += take;
        at += take;
        if (this.#headerFill < PEER_HEADER_BYTES) break;
        this.#body = this.#bodyOf(this.#bodyLength());
        this.#bodyFill = 0;
        continue;
      }
      const take = Math.min(this.#body.length - this.#bodyFill, chunk.length - at);
      this.#body.set(chunk.subarray(at, at + take), this.#bodyFill);
      this.#bodyFill += take;
      at += take;
      if (this.#bodyFill < this.#body.length) break;
      messages.push({ kind: this.#header[4] ?? 0, body: this.#body });
      this.#body = null;
      this.#headerFill = 0;
    }
    return messages;
  }

  /** Takes back the memory of a body that nobody uses any more. */
  recycle(body: Uint8Array): void {
    if (body.length >= POOLED_BYTES) this.#pool.give(new Uint8Array(body.buffer));
  }

  #bodyOf(bytes: number): Uint8Array {
    return bytes < POOLED_BYTES ? new Uint8Array(bytes) : this.#pool.take(bytes).subarray(0, bytes);
  }

  #bodyLength(): number {
    const view = new DataView(this.#header.buffer);
    const length = view.getUint32(0);
    if (length > this.limit)
      throw new PeerError("QKD_PEER_PROTOCOL", `the peer announced a message of ${length} bytes`, {
        context: { limitBytes: this.limit },
      });
    if (this.#header[5] !== 0 || this.#header[6] !== 0 || this.#header[7] !== 0)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer sent a malformed message header");
    return length;
  }
}
