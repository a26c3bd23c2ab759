/** Wiped buffers that are kept for the next string, at most: about what a block of 10^8 bits gives back at once. */
const SPARE_BYTES = 32 << 20;

/**
 * Buffers of bit strings, used again. Buffers of this size live outside the JavaScript heap, and the collector runs over
 * the whole heap for every few megabytes of them; a fast link fills a hundred megabytes a second.
 */
export class WordPool {
  readonly #spare: Int32Array[] = [];
  #bytes = 0;
  /** Bytes that are out, and the most that ever were: strings of smaller blocks never need more spare than that. */
  #out = 0;
  #mostOut = 0;

  /** Bytes that are kept for the next strings. */
  get spareBytes(): number {
    return this.#bytes;
  }

  /** At least so many words, all zero. */
  take(words: number): Int32Array {
    const index = this.#spare.findIndex(({ length }) => length >= words && length <= 2 * words);
    const [found] = index < 0 ? [] : this.#spare.splice(index, 1);
    if (found !== undefined) this.#bytes -= found.byteLength;
    const buffer = found ?? new Int32Array(words);
    this.#out += buffer.byteLength;
    this.#mostOut = Math.max(this.#mostOut, this.#out);
    return buffer;
  }

  /** Wipes a buffer, which its owner must not touch again. */
  give(buffer: Int32Array): void {
    buffer.fill(0);
    this.#out -= buffer.byteLength;
    const most = Math.min(SPARE_BYTES, this.#mostOut);
    if (buffer.length === 0 || this.#bytes + buffer.byteLength > most) return;
    this.#spare.push(buffer);
    this.#bytes += buffer.byteLength;
  }

  /** A buffer that was taken has another owner now and does not come back. */
  lose(buffer: Int32Array): void {
    this.#out -= buffer.byteLength;
  }
}
