import { cellOf } from "../../diagnosis/index.ts";
import type { Cell } from "../evidence/csv.ts";
import type { PairCounts } from "./pair-counts.ts";

/** Columns of a table of readings: what was set, then what was counted. */
export const READING_HEAD: readonly string[] = [
  "gates",
  "deadGates",
  "clicks0",
  "clicks1",
  "doubleClicks",
  "photocurrentNa",
  "frames",
  ...["Zu", "Zv", "Zw", "Xu", "Xv", "Xw"].map((name) => `sent${name}`),
  ...cellNames(),
];

/** A reading as a row under `READING_HEAD`. */
export function readingRow(counts: PairCounts): readonly Cell[] {
  return [
    counts.gates,
    counts.deadGates,
    ...counts.clicks,
    counts.doubleClicks,
    counts.photocurrentNa,
    counts.frames,
    ...counts.sent,
    ...counts.cells,
  ];
}

function cellNames(): string[] {
  const names: string[] = [];
  for (const aliceBasis of [0, 1])
    for (const intensity of [0, 1, 2])
      for (const aliceBit of [0, 1])
        for (const bobBasis of [0, 1])
          for (const bobBit of [0, 1])
            names[cellOf(aliceBasis, intensity, aliceBit, bobBasis, bobBit)] =
              `a${"ZX"[aliceBasis]}${"uvw"[intensity]}${aliceBit}b${"ZX"[bobBasis]}${bobBit}`;
  return names;
}
