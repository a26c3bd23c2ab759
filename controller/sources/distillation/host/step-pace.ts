const STEPS_A_FRAME = 2;
const MIN_MS = 1;
const MAX_MS = 20;
/** Without a new frame for so long nothing else is coming to share rounds with, and latency is all that counts. */
const IDLE_MS = 1000;
/** Weight of the youngest interval between frames. */
const FRESH = 0.2;

/**
 * When the engine's next step is due. Reconciliation is some hundred short rounds a cohort, and a message costs both
 * sites a wake-up, so a step for each message that arrives would spend more on waking up than on work. While key flows
 * the steps are spaced: the cohorts under way, each with its frames, then share one message, and there are as many of
 * them at a low rate as at a high one. The more of the permitted cohorts are under way, the sooner rounds are answered,
 * so that reconciliation never holds up the link while a site is idle. Frames and sifting can wait for a round.
 */
export class StepPace {
  #lastStepMs = Number.NEGATIVE_INFINITY;
  #lastFrameMs = Number.NEGATIVE_INFINITY;
  #frameEveryMs = 0;

  frame(nowMs: number): void {
    const interval = Math.min(IDLE_MS, nowMs - this.#lastFrameMs);
    this.#frameEveryMs += FRESH * (interval - this.#frameEveryMs);
    this.#lastFrameMs = nowMs;
  }

  step(nowMs: number): void {
    this.#lastStepMs = nowMs;
  }

  /** Milliseconds until frames and sifting are due, 0 for at once. */
  delayMs(nowMs: number): number {
    return this.#left(nowMs, MAX_MS);
  }

  /** The same for a round of reconciliation while the cohorts under way are this share, 0 to 1, of the permitted ones. */
  roundDelayMs(nowMs: number, share: number): number {
    return this.#left(nowMs, MAX_MS * (1 - share));
  }

  #left(nowMs: number, longestMs: number): number {
    if (nowMs - this.#lastFrameMs > IDLE_MS) return 0;
    const space = Math.min(longestMs, Math.max(MIN_MS, this.#frameEveryMs / STEPS_A_FRAME));
    return Math.max(0, this.#lastStepMs + space - nowMs);
  }
}
