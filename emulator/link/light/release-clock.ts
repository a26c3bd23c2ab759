/** A production that lags further behind than this is not caught up: link time then ran slower for a while. */
const MOST_LAG_MS = 2000;

/** Tells when the gates of a frame have passed on the wall clock. Times in milliseconds, from the caller. */
export class ReleaseClock {
  readonly #clockHz: number;
  readonly #pace: number;
  #originMs = 0;
  #originGate = 0n;
  #lostMs = 0;

  /** `pace`: link seconds per wall second. */
  constructor(clockHz: number, pace: number) {
    this.#clockHz = clockHz;
    this.#pace = pace;
  }

  /** Gates run on from `gate` at the wall time `now`. */
  start(gate: bigint, now: number): void {
    this.#originGate = gate;
    this.#originMs = now;
  }

  /** So many gates pass that are no frame's: those of frames pass so much later. */
  spend(gates: number): void {
    this.#originMs += (gates * 1000) / (this.#clockHz * this.#pace);
  }

  /** Wall milliseconds by which link time fell behind, in all. */
  get lostMs(): number {
    return this.#lostMs;
  }

  /** Milliseconds from `now` until `gate` has passed, at least 0. */
  waitMs(gate: bigint, now: number): number {
    const due = this.#originMs + (Number(gate - this.#originGate) * 1000) / (this.#clockHz * this.#pace);
    const lag = now - due;
    if (lag > MOST_LAG_MS) {
      this.#lostMs += lag;
      this.#originMs += lag;
    }
    return Math.max(0, -lag);
  }
}
