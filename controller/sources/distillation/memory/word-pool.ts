/** Wiped buffers that are kept for the next string: about what a block of 10^8 bits gives back at once. */
const SPARE_BYTES = 32 << 20;

/**
 * Buffers of bit strings, used again. Buffers of this size live outside the JavaScript heap, and the collector runs over
 * the whole heap for every few megabytes of them; a fast link fills a hundred megabytes a second.
 */
export class WordPool {
  readonly #spare: Int32Array[] = [];
  #bytes = 0;

  /** At least so many words, all zero. */
  take(words: number): Int32Array {
    const index = this.#spare.findIndex(({ length }) => length >= words && length <= 2 * words);
    const [found] = index < 0 ? [] : this.#spare.splice(index, 1);
    if (found === undefined) return new Int32Array(words);
    this.#bytes -= found.byteLength;
    return found;
  }

  /** Wipes a buffer, which its owner must not touch again. */
  give(buffer: Int32Array): void {
    buffer.fill(0);
    if (buffer.length === 0 || this.#bytes + buffer.byteLength > SPARE_BYTES) return;
    this.#spare.push(buffer);
    this.#bytes += buffer.byteLength;
  }
}
