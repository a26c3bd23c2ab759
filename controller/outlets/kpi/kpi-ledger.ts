import type { KpiBin } from "../api/index.ts";
import { AVAILABLE, type Availability, availabilityStep } from "./availability.ts";
import { addSecond, binOf, emptyCount, type KpiCount } from "./kpi-count.ts";
import { classOf, type Second } from "./second.ts";

export type BinLength = "quarter" | "day";

/** Length of the bins and how many are kept: 15 minutes for 31 days, 24 hours for two years. */
export const BINS: Readonly<Record<BinLength, { readonly lengthMs: number; readonly most: number }>> = {
  quarter: { lengthMs: 15 * 60_000, most: 31 * 96 },
  day: { lengthMs: 24 * 3_600_000, most: 731 },
};
const LENGTHS: readonly BinLength[] = ["quarter", "day"];

/** Key figures of a site: bins by their start in UTC, oldest first. */
export interface KpiLedger {
  readonly quarter: readonly KpiCount[];
  readonly day: readonly KpiCount[];
  readonly availability: Availability;
}

export const EMPTY_LEDGER: KpiLedger = { quarter: [], day: [], availability: AVAILABLE };

/** The ledger after one more second. Pure. */
export function ledgerStep(ledger: KpiLedger, second: Second): KpiLedger {
  const [availability, counted] = availabilityStep(ledger.availability, classOf(second));
  const add = (length: BinLength): readonly KpiCount[] => {
    const { lengthMs } = BINS[length];
    const startMs = Math.floor(second.atMs / lengthMs) * lengthMs;
    const bins = ledger[length];
    const last = bins.at(-1);
    if (last?.startMs === startMs) return bins.with(-1, addSecond(last, second, counted));
    // A clock that was set back: the bin is there already, or has its place among the others.
    const known = bins.find((bin) => bin.startMs === startMs);
    return withBin(bins, addSecond(known ?? emptyCount(startMs), second, counted), length);
  };
  return { availability, quarter: add("quarter"), day: add("day") };
}

/** A bin in its place, in that of its predecessor where there is one; the oldest leave. */
export function withBin(bins: readonly KpiCount[], bin: KpiCount, length: BinLength): readonly KpiCount[] {
  const others = bins.filter(({ startMs }) => startMs !== bin.startMs);
  return [...others, bin].toSorted((a, b) => a.startMs - b.startMs).slice(-BINS[length].most);
}

/** Bins as they are shown, the newest `most` of them. */
export function ledgerBins(ledger: KpiLedger, length: BinLength, most: number = BINS[length].most): KpiBin[] {
  return ledger[length].slice(-most).map((count) => binOf(count, BINS[length].lengthMs / 1000));
}

export const BIN_LENGTHS = LENGTHS;
