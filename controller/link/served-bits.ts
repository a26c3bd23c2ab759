/** Counts the bits served between two looks; a request costs one addition. */
export class ServedBits {
  #bits = 0;

  add(bits: number): void {
    this.#bits += bits;
  }

  /** What was added since the last call. */
  take(): number {
    const bits = this.#bits;
    this.#bits = 0;
    return bits;
  }
}
