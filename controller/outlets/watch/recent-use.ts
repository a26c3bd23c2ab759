import type { SaeUsage } from "../../delivery/delivery-usage.ts";
import type { ApplicationView } from "../api/index.ts";

interface Snapshot {
  readonly atMs: number;
  readonly ofSae: ReadonlyMap<string, SaeUsage>;
  readonly takenBits: number;
}

const WINDOW_MS = 60_000;
const RATE_MS = 10_000;

/** What applications got within the last minute, from counts that only rise. */
export class RecentUse {
  #snapshots: Snapshot[] = [];

  /** Once a second. */
  look(usage: readonly SaeUsage[], atMs: number): void {
    const takenBits = usage.reduce((sum, { takenBits }) => sum + takenBits, 0);
    this.#snapshots.push({ atMs, takenBits, ofSae: new Map(usage.map((one) => [one.sae, one])) });
    while (atMs - (this.#snapshots[1]?.atMs ?? atMs) >= WINDOW_MS) this.#snapshots.shift();
  }

  /** Bits handed out per second, mean of ten seconds. */
  get usedBps(): number {
    const now = this.#snapshots.at(-1);
    const then =
      this.#snapshots.findLast(({ atMs }) => (now?.atMs ?? 0) - atMs >= RATE_MS) ?? this.#snapshots[0];
    if (now === undefined || then === undefined || now.atMs === then.atMs) return 0;
    return (1000 * (now.takenBits - then.takenBits)) / (now.atMs - then.atMs);
  }

  /** Each application that ever asked, the largest user first. */
  get applications(): readonly ApplicationView[] {
    const [then, now] = [this.#snapshots[0], this.#snapshots.at(-1)];
    if (then === undefined || now === undefined) return [];
    const seconds = Math.max(1, (now.atMs - then.atMs) / 1000);
    const bits = now.takenBits - then.takenBits;
    return [...now.ofSae.values()]
      .map((usage) => {
        const before = then.ofSae.get(usage.sae);
        const { lastOrigin } = usage;
        return {
          sae: usage.sae,
          gets: lastOrigin === null ? null : lastOrigin === "pqc" ? ("pqc" as const) : ("qkd" as const),
          keysPerS: (usage.keys - (before?.keys ?? 0)) / seconds,
          p99Ms: nearlyLargest(usage.latenciesMs),
          refused: usage.refused - (before?.refused ?? 0),
          share: bits <= 0 ? 0 : (usage.takenBits - (before?.takenBits ?? 0)) / bits,
        };
      })
      .toSorted((a, b) => b.keysPerS - a.keysPerS);
  }
}

function nearlyLargest(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(0.99 * sorted.length) - 1)] ?? null;
}
