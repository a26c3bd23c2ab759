const A_MS = 1 / 1000;
const BURST = 4;

/** Hellos that a connection may carry: one a second, and four at once. */
export class HelloBudget {
  readonly #most: number;
  #left: number;
  #atMs: number | null = null;

  /** `held`: hellos of the burst that are not used, so that one's own stay within what the peer allows. */
  constructor(held = 0) {
    this.#most = BURST - held;
    this.#left = this.#most;
  }

  /** Whether one more is within bounds at that time, which it then uses. */
  take(nowMs: number): boolean {
    const passedMs = Math.max(0, nowMs - (this.#atMs ?? nowMs));
    this.#atMs = nowMs;
    this.#left = Math.min(this.#most, this.#left + A_MS * passedMs);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
