import type { NewBlock, SiteRole } from "./key-pool.ts";

/** Halves are whole multiples of this, and a rest smaller than this is given up at both sites alike. */
export const GRAIN_BYTES = 32;

/** After its age limit a block is no longer handed out; keys already handed out can be fetched this much longer. */
export const FETCH_GRACE_MS = 60_000;

/** A range of bytes within a block, `past` excluded. */
export interface ByteRange {
  readonly first: number;
  readonly past: number;
}

/** The part of a block that is handed out as keys: behind the authentication share, in whole grains. A view, no copy. */
export function deliverablePart({ key, authBytes = 0 }: NewBlock<Uint8Array>): Uint8Array {
  const bytes = Math.floor((key.length - authBytes) / GRAIN_BYTES) * GRAIN_BYTES;
  return key.subarray(authBytes, authBytes + bytes);
}

/** Least share of a block that a site gets which lacks key (SPEC-PEER 5.3). */
const LEAST_SHARE = 1 / 16;

/** What a site's own stock lacks to its target, half of the capacity, in bytes. */
export function lackBytes(capacityBytes: number, stockBytes: number): number {
  return Math.max(0, Math.floor(capacityBytes / 2) - stockBytes);
}

/**
 * How many of a block's `bytes` deliverable bytes become Alice's half, by what both halves lack; null where neither lacks
 * anything. Computed once for a block, by its proposer.
 */
export function boundaryOf(bytes: number, aliceLack: number, bobLack: number): number | null {
  if (aliceLack <= 0 && bobLack <= 0) return null;
  const least = (lack: number) => (lack > 0 ? LEAST_SHARE : 0);
  const share = aliceLack / (aliceLack + bobLack);
  const kept = Math.min(Math.max(share, least(aliceLack)), 1 - least(bobLack));
  return Math.floor((kept * bytes) / GRAIN_BYTES) * GRAIN_BYTES;
}

/** The half of a block of `bytes` deliverable bytes that `site` hands out, and the half of the other site. */
export function blockHalves(
  bytes: number,
  boundaryBytes: number,
  site: SiteRole,
): { readonly own: ByteRange; readonly peer: ByteRange } {
  const alice = { first: 0, past: boundaryBytes };
  const bob = { first: boundaryBytes, past: bytes };
  return site === "alice" ? { own: alice, peer: bob } : { own: bob, peer: alice };
}

/** How many keys of `keyBytes` the rest of a half yields, at most `wanted`. */
export function keysWithin(rest: ByteRange, keyBytes: number, wanted: number): number {
  // A key that leaves less than a grain is the last one of its half; the other site relies on it.
  const lastStart = rest.past - rest.first - Math.max(keyBytes, GRAIN_BYTES);
  return Math.min(wanted, Math.floor(lastStart / keyBytes) + 1);
}

/** Where use ends once keys up to `past` are handed out: a rest smaller than a grain is given up with them. */
export function usedUpTo(past: number, half: ByteRange): number {
  return half.past - past < GRAIN_BYTES ? half.past : past;
}
