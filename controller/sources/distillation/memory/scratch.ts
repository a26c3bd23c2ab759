import { planeBytes } from "../../../../protocol/index.ts";
import { wordsFor } from "./bit-planes.ts";

/** Memory for bits that are needed for the time of a call; zero in between. */
export class Scratch {
  #words = new Int32Array();

  /** Runs `work` on room for `bits` bits, as words and as bytes, and wipes it. Not to be used by `work` again. */
  within<T>(bits: number, work: (words: Int32Array, bytes: Uint8Array) => T): T {
    const count = wordsFor(bits);
    if (this.#words.length < count) this.#words = new Int32Array(count);
    const words = this.#words.subarray(0, count);
    try {
      return work(words, new Uint8Array(words.buffer, 0, planeBytes(bits)));
    } finally {
      words.fill(0);
    }
  }
}
