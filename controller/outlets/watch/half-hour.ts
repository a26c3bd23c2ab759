import {
  type HealthView,
  type HistoryPoint,
  type HistoryView,
  historyPoint,
  type PoolView,
} from "../api/index.ts";

const STEP_MS = 2000;
const KEPT_MS = 30 * 60_000;

/** Readings of the last half hour, one point every two seconds. */
export class HalfHour {
  #points: HistoryPoint[] = [];

  /** The present readings; those that come within two seconds of the last point are passed over. */
  add(health: HealthView, pool: PoolView): void {
    const { atMs } = health;
    const lastMs = this.#points.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    // A clock that was set back begins anew: points never run backwards.
    if (atMs < lastMs) this.#points = [];
    else if (atMs - lastMs < STEP_MS - 100) return;
    this.#points.push(historyPoint(health, pool));
    while (atMs - (this.#points[0]?.atMs ?? atMs) > KEPT_MS) this.#points.shift();
  }

  get view(): HistoryView {
    return { stepMs: STEP_MS, points: this.#points };
  }
}
