import { decodePeerHeader, PEER_HEADER_BYTES, type PeerHeader } from "../../protocol/index.ts";
import type { BufferPool } from "./buffer-pool.ts";
import type { PeerMessage } from "./peer-channel.ts";

/** Bodies from this size on come from the pool. */
const POOLED_BYTES = 4096;

/** Throws PeerError for a message that must not come now. */
export type Admission = (header: PeerHeader) => void;

/**
 * Cuts the peer's byte stream into messages. TLS guards integrity, so a bad header means a broken or hostile peer and
 * throws PeerError, before there is any memory for its body. Bodies share no memory; those of the pool lie in larger
 * buffers.
 */
export class PeerScanner {
  /** Judges each header as it comes; may change while a chunk is read. */
  admission: Admission;
  readonly #pool: BufferPool;
  readonly #header = new Uint8Array(PEER_HEADER_BYTES);
  #headerFill = 0;
  #kind = 0;
  #body: Uint8Array | null = null;
  #bodyFill = 0;

  constructor(admission: Admission, pool: BufferPool) {
    this.admission = admission;
    this.#pool = pool;
  }

  /** The messages that end in this chunk. Must be read to its end before the next chunk. */
  *push(chunk: Uint8Array): Generator<PeerMessage> {
    let at = 0;
    while (at < chunk.length || this.#body?.length === this.#bodyFill) {
      if (this.#body === null) {
        const take = Math.min(PEER_HEADER_BYTES - this.#headerFill, chunk.length - at);
        this.#header.set(chunk.subarray(at, at + take), this.#headerFill);
        this.#headerFill += take;
        at += take;
        if (this.#headerFill < PEER_HEADER_BYTES) break;
        this.#begin();
        continue;
      }
      const body = this.#body;
      const take = Math.min(body.length - this.#bodyFill, chunk.length - at);
      body.set(chunk.subarray(at, at + take), this.#bodyFill);
      this.#bodyFill += take;
      at += take;
      if (this.#bodyFill < body.length) break;
      this.#body = null;
      this.#headerFill = 0;
      yield { kind: this.#kind, body };
    }
  }

  /** Takes back the memory of a body that nobody uses any more. */
  recycle(body: Uint8Array): void {
    if (body.length >= POOLED_BYTES) this.#pool.give(new Uint8Array(body.buffer));
  }

  #begin(): void {
    const header = decodePeerHeader(this.#header);
    this.admission(header);
    const { kind, bodyBytes } = header;
    this.#kind = kind;
    this.#body =
      bodyBytes < POOLED_BYTES
        ? new Uint8Array(bodyBytes)
        : this.#pool.take(bodyBytes).subarray(0, bodyBytes);
    this.#bodyFill = 0;
  }
}
