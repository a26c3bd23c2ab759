import type { KeyRank } from "./link-state.ts";

/** What a half keeps from a use of each rank, bytes; equal in the whole network, so that every node counts alike. */
export type RankFloors = Readonly<Record<KeyRank, number>>;

/**
 * The blocks of a link refill its authentication reserve first, which has an account of its own; what the most urgent use
 * leaves stays for the link itself. Each rank leaves more than the one before it, so that what is scarce goes to what is urgent.
 */
export const RANK_FLOORS: RankFloors = { critical: 256, ordinary: 2048, background: 4096 };

/** How much of a half a use of that rank may take, bits; 0 where it may take nothing. */
export function freeBits(stockBytes: number, rank: KeyRank, floors: RankFloors = RANK_FLOORS): number {
  return Math.max(0, stockBytes - floors[rank]) * 8;
}

/** The same from what a node reports, which is what the most urgent use may take. */
export function freeOfReported(
  reportedBits: number,
  rank: KeyRank,
  floors: RankFloors = RANK_FLOORS,
): number {
  return Math.max(0, reportedBits - (floors[rank] - floors.critical) * 8);
}
