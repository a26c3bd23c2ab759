import { keyReach } from "../anchor/reach.ts";
import { type ByteRange, usedUpTo } from "../block-halves.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";
import { EXTEND_USED, START_USED } from "./used-ranges.ts";

/** The half that the other site hands out; all of a pending block, since the IDs of its keys prove its release. */
export function fetchable({ state, bytes, peer_first, peer_past }: BlockRow): ByteRange {
  if (state === "pending" || peer_first === null || peer_past === null) return { first: 0, past: bytes };
  return { first: peer_first, past: peer_past };
}

/** The last used range of a block that begins before a place. */
export function usedBefore({ db }: StoreContext, rowId: number, past: number): ByteRange | undefined {
  return db.one(
    "SELECT first, past FROM used WHERE block = ? AND first < ? ORDER BY first DESC LIMIT 1",
    rowId,
    past,
  );
}

/** Marks a range of the other site's half used; none of it may be used before. */
export function markFetched(store: StoreContext, row: BlockRow, { first, past }: ByteRange): void {
  const half = fetchable(row);
  // Where the half ends is not known of a pending block: the rest is given up when it is.
  const end = row.state === "pending" ? past : usedUpTo(past, half);
  store.reach.note(keyReach(row.origin, { fetched: { sequence: row.sequence, offset: end } }));
  const before = usedBefore(store, row.id, past);
  if (before?.past === first && before.first >= half.first) {
    store.db.run(EXTEND_USED, row.id, before.first, end);
  } else {
    store.db.run(START_USED, row.id, first, end);
  }
}
