/** No plane of a frame is longer. */
const CHUNK_BYTES = 1 << 20;
/** Chunks that outlive a step. */
const KEPT_CHUNKS = 8;

/**
 * Memory for what a step of an engine hands out and its caller has copied before the next: planes of messages. Not for
 * secrets, since it is used again without being wiped.
 */
export class StepMemory {
  readonly #chunks: Uint8Array[] = [];
  #current = 0;
  #used = 0;

  /** A copy that lasts until `recycle`. */
  copy(bytes: Uint8Array): Uint8Array {
    if (bytes.length > CHUNK_BYTES) return new Uint8Array(bytes);
    if (this.#used + bytes.length > CHUNK_BYTES) {
      this.#current += 1;
      this.#used = 0;
    }
    this.#chunks[this.#current] ??= new Uint8Array(CHUNK_BYTES);
    const place = this.#chunks[this.#current]!.subarray(this.#used, this.#used + bytes.length);
    place.set(bytes);
    this.#used += bytes.length;
    return place;
  }

  /** Ends the life of all copies. */
  recycle(): void {
    this.#chunks.length = Math.min(this.#chunks.length, KEPT_CHUNKS);
    this.#current = 0;
    this.#used = 0;
  }
}
