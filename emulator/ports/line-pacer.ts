/** A stall longer than this is not caught up: the line was simply idle. */
const CATCH_UP_MS = 250;

/**
 * Grants characters at the pace of a serial line. An idle line saves nothing up; a busy line keeps its average rate
 * even when the caller's timer is late. Times come from the caller, in milliseconds.
 */
export class LinePacer {
  readonly #perMs: number;
  #busySince: number | undefined;
  #granted = 0;

  constructor(charactersPerSecond: number) {
    this.#perMs = charactersPerSecond / 1000;
  }

  /** Characters of `waiting` that may pass at `now`. With nothing waiting the line turns idle. */
  grant(waiting: number, now: number): number {
    if (waiting === 0) {
      this.#busySince = undefined;
      return 0;
    }
    if (this.#busySince === undefined) {
      this.#busySince = now;
      this.#granted = 0;
    }
    let due = Math.floor((now - this.#busySince) * this.#perMs) - this.#granted;
    const most = Math.max(1, Math.floor(CATCH_UP_MS * this.#perMs));
    if (due > most) {
      this.#granted += due - most;
      due = most;
    }
    const passed = Math.min(waiting, Math.max(0, due));
    this.#granted += passed;
    return passed;
  }

  /** Milliseconds until the next character may pass. */
  waitMs(now: number): number {
    if (this.#busySince === undefined) return 0;
    return Math.max(0, this.#busySince + (this.#granted + 1) / this.#perMs - now);
  }
}
