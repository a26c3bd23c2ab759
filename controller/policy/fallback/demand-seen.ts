/** Bits that callers were served and that QKD keys could have served, by the time they were told. */
export interface DemandSeen {
  readonly served: readonly { readonly atMs: number; readonly bits: number }[];
  readonly firstAtMs: number | null;
}

export const NO_DEMAND: DemandSeen = { served: [], firstAtMs: null };

/** A rate is not measured over less, so that a first request is not taken for a stream of them. */
const SHORTEST_MEASURE_MS = 10_000;

/** Adds what was served since the last time, and forgets what is older than `windowMs`. */
export function seeDemand(seen: DemandSeen, bits: number, atMs: number, windowMs: number): DemandSeen {
  const recent = seen.served.filter((entry) => entry.atMs > atMs - windowMs);
  if (bits <= 0) return recent.length === seen.served.length ? seen : { ...seen, served: recent };
  return { served: [...recent, { atMs, bits }], firstAtMs: seen.firstAtMs ?? atMs };
}

/** Demand in bits per second over the last `windowMs`, or since the first request where that is more recent. */
export function demandBps({ served, firstAtMs }: DemandSeen, atMs: number, windowMs: number): number {
  const from = atMs - windowMs;
  const bits = served.reduce((sum, entry) => (entry.atMs > from ? sum + entry.bits : sum), 0);
  const sinceFirstMs = firstAtMs === null ? windowMs : atMs - firstAtMs;
  const shortest = Math.min(SHORTEST_MEASURE_MS, windowMs);
  return bits / (Math.min(windowMs, Math.max(shortest, sinceFirstMs)) / 1000);
}
