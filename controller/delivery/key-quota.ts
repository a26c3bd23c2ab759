const WINDOW_S = 60;

/**
 * A bucket of key bits, or of keys, that fills at a steady rate up to a minute's worth. A request is served while anything is in it and
 * may leave it in debt, so that every size can be served and the mean rate holds.
 */
export class KeyQuota {
  readonly #bitsPerS: number;
  #bits: number;
  #atMs: number;

  constructor(bitsPerS: number, nowMs: number) {
    this.#bitsPerS = bitsPerS;
    this.#bits = bitsPerS * WINDOW_S;
    this.#atMs = nowMs;
  }

  /** Seconds until the next request is served; 0 for now. */
  waitS(nowMs: number): number {
    this.#fill(nowMs);
    return this.#bits > 0 ? 0 : Math.max(1, Math.ceil(-this.#bits / this.#bitsPerS));
  }

  spend(bits: number): void {
    this.#bits -= bits;
  }

  #fill(nowMs: number): void {
    const gained = (this.#bitsPerS * Math.max(0, nowMs - this.#atMs)) / 1000;
    this.#bits = Math.min(this.#bitsPerS * WINDOW_S, this.#bits + gained);
    this.#atMs = nowMs;
  }
}
