import type { KpiCount } from "./kpi-count.ts";
import { emptyCount } from "./kpi-count.ts";
import { BIN_LENGTHS, type BinLength, EMPTY_LEDGER, type KpiLedger, withBin } from "./kpi-ledger.ts";

const FORMAT = 1;

/** One bin as a line of the ledger's file. */
export function kpiLine(length: BinLength, bin: KpiCount): string {
  return JSON.stringify({ v: FORMAT, length, bin });
}

/** The ledger that lines of its file make: the last line of a bin counts. Lines that say nothing are passed over and counted. */
export function ledgerOfLines(lines: readonly string[]): {
  readonly ledger: KpiLedger;
  readonly unread: number;
} {
  const bins: Record<BinLength, Map<number, KpiCount>> = { quarter: new Map(), day: new Map() };
  let unread = 0;
  for (const line of lines) {
    if (line === "") continue;
    const read = readLine(line);
    if (read === null) unread += 1;
    else bins[read.length].set(read.bin.startMs, read.bin);
  }
  const all = (length: BinLength) => {
    const sorted = [...bins[length].values()].toSorted((a, b) => a.startMs - b.startMs);
    const last = sorted.pop();
    return last === undefined ? [] : withBin(sorted, last, length);
  };
  return { ledger: { ...EMPTY_LEDGER, quarter: all("quarter"), day: all("day") }, unread };
}

function readLine(line: string): { readonly length: BinLength; readonly bin: KpiCount } | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const { v, length, bin } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (v !== FORMAT || !BIN_LENGTHS.includes(length as BinLength) || !isLike(bin, emptyCount(0))) return null;
  return { length: length as BinLength, bin: bin as KpiCount };
}

/** Has all members that the sample has, of the same kinds, numbers from 0 on. */
function isLike(value: unknown, sample: object): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const members = value as Readonly<Record<string, unknown>>;
  return Object.entries(sample).every(([name, like]) => {
    const member = members[name];
    if (typeof like === "number") return typeof member === "number" && Number.isFinite(member) && member >= 0;
    return isLike(member, like as object);
  });
}
