import type { Seen } from "./seen.ts";

/** The time within which this share of the answers came; null for none. */
export function quantileMs(seen: readonly Seen[], share: number): number | null {
  const sorted = seen.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}
