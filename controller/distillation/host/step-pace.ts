const MIN_MS = 2;
const MAX_MS = 8;
/** Cohorts under way times milliseconds between steps. */
const COHORT_MS = 160;
/** Without a new frame for so long nothing else is coming to share rounds with, and latency is all that counts. */
const IDLE_MS = 1000;

/**
 * When the engine's next step is due. Reconciliation is some hundred short rounds a cohort, and a message costs both
 * sites a wake-up, so a step for each message that arrives would spend more on waking up than on work. While key flows
 * the steps are spaced, and rounds of many cohorts share one message. The fewer cohorts are under way, the longer the
 * space, which lets more of them gather: steps a second grow with the root of the rate.
 */
export class StepPace {
  #lastStepMs = Number.NEGATIVE_INFINITY;
  #lastFrameMs = Number.NEGATIVE_INFINITY;

  frame(nowMs: number): void {
    this.#lastFrameMs = nowMs;
  }

  step(nowMs: number): void {
    this.#lastStepMs = nowMs;
  }

  /** Milliseconds to wait before the next step, 0 for none. */
  delayMs(nowMs: number, cohortsInFlight: number): number {
    if (nowMs - this.#lastFrameMs > IDLE_MS) return 0;
    const space = Math.min(MAX_MS, Math.max(MIN_MS, COHORT_MS / Math.max(1, cohortsInFlight)));
    return Math.max(0, this.#lastStepMs + space - nowMs);
  }
}
