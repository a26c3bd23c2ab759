/** Block numbers by which the peer may be ahead of the last block that was authenticated here. */
const LEAD = 2 ** 16;
/** The same while there was none: a new store may meet one of many years. */
const FIRST_LEAD = 2 ** 31;

/**
 * The number that a site proposes for the next session. Numbers go on from the last one used, but a lead that no
 * authenticated block bears out is not kept: half of what is accepted, since the peer may lack some blocks.
 * `verifiedNext`: one more than the highest number of a block that was authenticated.
 */
export function proposedNumber(next: number, verifiedNext: number): number {
  return Math.min(next, verifiedNext + LEAD / 2);
}

/** The highest block number that is accepted of the peer. */
export function mostNumber(verifiedNext: number): number {
  return verifiedNext + (verifiedNext <= 1 ? FIRST_LEAD : LEAD);
}
