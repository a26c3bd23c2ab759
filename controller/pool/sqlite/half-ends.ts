import { usedUpTo } from "../block-halves.ts";
import type { BlockTable } from "./block-table.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";
import { EXTEND_USED, START_USED } from "./used-ranges.ts";

/** Ends halves of available blocks: marks what is left of them used without delivering it. */
export class HalfEnds {
  readonly #store: StoreContext;
  readonly #blocks: BlockTable;

  constructor(store: StoreContext, blocks: BlockTable) {
    this.#store = store;
    this.#blocks = blocks;
  }

  /** This site hands out nothing more of the block that lies before a place; returns the bytes that were left. */
  own(row: BlockRow, before = Number.POSITIVE_INFINITY): number {
    if (row.state !== "available" || row.own_first === null || row.own_past === null) return 0;
    const half = { first: row.own_first, past: row.own_past };
    const past = usedUpTo(Math.min(before, half.past), half);
    const bytes = past - half.first - row.own_used;
    if (bytes <= 0) return 0;
    const mark = row.own_used === 0 ? START_USED : EXTEND_USED;
    this.#store.db.run(mark, row.id, half.first, past);
    this.#blocks.note("blockRetired", row, { bytes });
    return bytes;
  }

  /** Nothing of the other site's half is fetched any more; returns the bytes that were not. */
  peer(row: BlockRow): number {
    if (row.state === "pending") {
      this.#blocks.destroy(row, "keysUnfetched");
      return row.bytes;
    }
    if (row.state !== "available" || row.peer_first === null || row.peer_past === null) return 0;
    const { db } = this.#store;
    const used = db.all<{ first: number; past: number }>(
      "SELECT first, past FROM used WHERE block = ? AND first >= ? AND past <= ? ORDER BY first",
      row.id,
      row.peer_first,
      row.peer_past,
    );
    let bytes = 0;
    let next = row.peer_first;
    for (const { first, past } of [...used, { first: row.peer_past, past: row.peer_past }]) {
      if (first > next) db.run(START_USED, row.id, next, first);
      bytes += first - next;
      next = past;
    }
    if (bytes > 0) this.#blocks.note("keysUnfetched", row, { bytes });
    return bytes;
  }
}
