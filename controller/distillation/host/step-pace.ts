/** Time between steps while key flows: rounds of many cohorts then share one message, one encryption and one wake-up. */
const PACE_MS = 3;
/** Without a new frame for so long nothing else is coming to share rounds with, and latency is all that counts. */
const IDLE_MS = 50;

/**
 * When the engine's next step is due. Reconciliation is some hundred short rounds a cohort; a step for each message that
 * arrives would spend more on waking up than on work.
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
  delayMs(nowMs: number): number {
    if (nowMs - this.#lastFrameMs > IDLE_MS) return 0;
    return Math.max(0, this.#lastStepMs + PACE_MS - nowMs);
  }
}
