const MIN_BYTES = 1 << 12;
/** What is larger is seldom and not kept. */
const MAX_KEPT_BYTES = 1 << 22;
const MAX_KEPT = 16;

/** Memory for messages that is used again once they are sent or done with, so that they leave no garbage. */
export class BufferPool {
  #free: Uint8Array[] = [];

  /** A buffer of at least so many bytes, with old messages in it. */
  take(bytes: number): Uint8Array {
    const index = this.#free.findIndex((buffer) => buffer.length >= bytes);
    const [buffer] = index < 0 ? [] : this.#free.splice(index, 1);
    return buffer ?? new Uint8Array(Math.max(MIN_BYTES, 2 ** Math.ceil(Math.log2(bytes))));
  }

  give(buffer: Uint8Array): void {
    if (buffer.length > MAX_KEPT_BYTES || this.#free.length >= MAX_KEPT) return;
    this.#free.push(buffer);
    this.#free.sort((a, b) => a.length - b.length);
  }
}
