import type { HealthView, HistoryPoint, PoolView } from "./live-view.ts";

/** What is kept of the readings of one moment: the server keeps half an hour of them, and the page goes on where it was told. */
export function historyPoint(health: HealthView, { stocks }: PoolView): HistoryPoint {
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
