import { requireInRange } from "../range.ts";
import type { PresetKind } from "./link-preset.ts";

/** A rate that somebody published. */
export interface PublishedPoint {
  readonly lossDb: number;
  readonly rateBps: number;
  /** Error rate of the key basis, where it is published beside the rate. */
  readonly qber?: number;
  readonly kind: Exclude<PresetKind, "assumed">;
  readonly source: string;
}

/** Rates of decoy-state BB84 at a clock of 1 GHz with avalanche photodiodes. */
export const PUBLISHED_POINTS: readonly PublishedPoint[] = [
  { lossDb: 0, rateBps: 3.95e6, qber: 0.026, kind: "installed", source: "Toshiba, Quantum Bridge 2026" },
  { lossDb: 0, rateBps: 2.89e6, qber: 0.032, kind: "installed", source: "Toshiba, Quantum Bridge 2026" },
  { lossDb: 2, rateBps: 13.72e6, kind: "laboratory", source: "Yuan et al. 2018" },
  { lossDb: 10, rateBps: 1.09e6, qber: 0.0426, kind: "laboratory", source: "Lucamarini et al. 2013" },
  { lossDb: 10, rateBps: 741e3, qber: 0.024, kind: "installed", source: "Toshiba, Quantum Bridge 2026" },
  { lossDb: 10, rateBps: 352e3, qber: 0.03, kind: "installed", source: "Toshiba, Quantum Bridge 2026" },
  { lossDb: 14.5, rateBps: 304e3, kind: "installed", source: "Toshiba, Tokyo QKD network 2010, 45 km" },
  // 70 km at 1310 nm; the loss is that of 0.33 dB/km.
  { lossDb: 23.1, rateBps: 66e3, kind: "trial", source: "Toshiba, Orange 2023, 70 km at 1310 nm" },
];

/** The `count` points nearest in loss, those of equal distance all, nearest first. */
export function publishedNear(lossDb: number, count = 2): readonly PublishedPoint[] {
  requireInRange("lossDb", lossDb, {});
  requireInRange("count", count, { min: 1, integer: true });
  const away = (point: PublishedPoint) => Math.abs(point.lossDb - lossDb);
  const sorted = [...PUBLISHED_POINTS].sort((a, b) => away(a) - away(b));
  const last = sorted[count - 1];
  return last === undefined ? sorted : sorted.filter((point) => away(point) <= away(last));
}
