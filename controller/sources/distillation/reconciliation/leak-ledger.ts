/**
 * The one place where disclosed bits of a block are counted, each once.
 *
 * `parities` are Alice's Cascade parities; Bob's parities of the same ranges are counted apart, because together with
 * Alice's they reveal his error pattern, not more of her key. `tags` are verification tags, `verdicts` one bit for each
 * answer to a tag, `disclosed` the bits of discarded cohorts, which are published outright.
 */
export class LeakLedger {
  #parities = 0;
  #tags = 0;
  #verdicts = 0;
  #disclosed = 0;

  parities(bits: number): void {
    this.#parities += bits;
  }

  tag(bits: number): void {
    this.#tags += bits;
  }

  verdict(): void {
    this.#verdicts += 1;
  }

  disclose(bits: number): void {
    this.#disclosed += bits;
  }

  /** Verification tags, which the key length deducts under a heading of their own. */
  get tagBits(): number {
    return this.#tags;
  }

  /** Everything but the tags, with one direction's parities. */
  get aliceBits(): number {
    return this.#parities + this.#verdicts + this.#disclosed;
  }

  /** Everything but the tags, with the parities of both directions. */
  get bothWaysBits(): number {
    return this.aliceBits + this.#parities;
  }
}
