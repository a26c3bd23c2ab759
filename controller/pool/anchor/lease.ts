/** Least bytes that may leave between two records, unless every use is to be recorded. */
export const LEAST_LEASE_BYTES = 4096;
/** Most bytes that a crash can burn of one half. */
export const MOST_LEASE_BYTES = 4 * 2 ** 20;

/** How much may leave before the next record, and since when. */
export interface Lease {
  readonly bytes: number;
  readonly sinceMs: number;
}

/**
 * The next lease: a second of what was used of late, at most twice the last one, at least `leastBytes`. 0 = every use
 * is recorded before it leaves.
 */
export function nextLease(last: Lease, usedBytes: number, nowMs: number, leastBytes: number): Lease {
  if (leastBytes === 0) return { bytes: 0, sinceMs: nowMs };
  const secondOfUse = (usedBytes * 1000) / Math.max(1, nowMs - last.sinceMs);
  const wanted = Math.min(Math.ceil(secondOfUse), 2 * last.bytes, MOST_LEASE_BYTES);
  return { bytes: Math.max(wanted, leastBytes), sinceMs: nowMs };
}
