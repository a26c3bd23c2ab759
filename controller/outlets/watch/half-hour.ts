import type { HealthView, HistoryPoint, HistoryView, PoolView } from "../api/index.ts";

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

function historyPoint(health: HealthView, { stocks }: PoolView): HistoryPoint {
  const { atMs, qberZ, qberX, lossDb, counts, madeBps, usedBps } = health;
  const qkd = stocks.find(({ origin }) => origin === "qkd");
  const share = (bits: number | undefined) =>
    qkd === undefined || bits === undefined || qkd.halfBits === 0 ? null : bits / qkd.halfBits;
  return {
    atMs,
    qberZ,
    qberX,
    lossDb,
    count0: counts?.[0] ?? null,
    count1: counts?.[1] ?? null,
    madeBps,
    usedBps,
    ownShare: share(qkd?.ownBits),
    peerShare: share(qkd?.peerBits),
  };
}
