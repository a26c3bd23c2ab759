const BUSY_BELOW = 0.08;
const WAITING_ABOVE = 0.15;
const LEAST = 2;
const FIRST = 8;

/**
 * How many cohorts are worth having under way. Enough of them hide the round trip; more only push each other out of the
 * processor's cache. So the window shrinks while the processors are busy anyway, and grows while frames wait beside idle
 * processors. What is distilled does not depend on it.
 */
export class CohortWindow {
  readonly #most: number;
  #size: number;

  constructor(most: number) {
    this.#most = most;
    this.#size = Math.min(FIRST, most);
  }

  get size(): number {
    return this.#size;
  }

  /** `full`: the window held work back. */
  adapt(idleShare: number, full: boolean): void {
    if (idleShare < BUSY_BELOW)
      this.#size = Math.max(Math.min(LEAST, this.#most), Math.floor(this.#size * 0.75));
    else if (idleShare > WAITING_ABOVE && full) this.#size = Math.min(this.#most, this.#size + 2);
  }
}
