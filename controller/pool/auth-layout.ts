import type { SiteRole } from "./key-pool.ts";

/** Distance between the offsets of two segments, and so the most bytes a replenishment may add to one direction. */
export const AUTH_SEGMENT_BYTES = 2 ** 20;

/**
 * Offset of the first byte that replenishment `sequence` adds to each direction. The pre-placed secret lies at 0. An
 * offset does not depend on the order in which material arrives, so that a site that missed some keeps the same
 * offsets for the rest.
 */
export function authBase(sequence: number): number {
  return (sequence + 1) * AUTH_SEGMENT_BYTES;
}

/** The two directions of authentication material as a site sees them: first half Alice to Bob. Views, no copies. */
export function authDirections(
  material: Uint8Array,
  site: SiteRole,
): { readonly own: Uint8Array; readonly peer: Uint8Array } {
  const toBob = material.subarray(0, material.length / 2);
  const toAlice = material.subarray(material.length / 2);
  return site === "alice" ? { own: toBob, peer: toAlice } : { own: toAlice, peer: toBob };
}
