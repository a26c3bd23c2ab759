import type { AtOnce } from "../at-once.ts";
import { FETCH_GRACE_MS } from "../block-halves.ts";
import type { KeyPool } from "../key-pool.ts";
import type { BlockTable } from "./block-table.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";
import { EXTEND_USED, START_USED } from "./used-ranges.ts";

/** Ends the service of blocks that are too old. */
export class BlockAgeing {
  readonly #store: StoreContext;
  readonly #blocks: BlockTable;

  constructor(store: StoreContext, blocks: BlockTable) {
    this.#store = store;
    this.#blocks = blocks;
  }

  readonly expire: AtOnce<KeyPool>["expire"] = (nowMs, maxAgeMs, origin) => {
    const rows = this.#store.db.all<BlockRow>(
      "SELECT * FROM block WHERE state NOT IN ('loading', 'spent') AND created_at_ms < ?1 AND (?2 IS NULL OR origin = ?2)",
      nowMs - maxAgeMs,
      origin ?? null,
    );
    let lostBytes = 0;
    for (const row of rows) {
      const own = row.own_past - row.own_first - row.own_used;
      const old = row.created_at_ms < nowMs - maxAgeMs - FETCH_GRACE_MS;
      if (own > 0) lostBytes += own;
      if (old) lostBytes += row.peer_past - row.peer_first - row.peer_used;
      if (old || row.state === "pending") this.#blocks.destroy(row, "blockExpired");
      else if (row.state === "available" && own > 0) this.#retire(row, own);
    }
    return lostBytes * 8;
  };

  /** Marks the rest of the own half used without delivering it. */
  #retire(row: BlockRow, bytes: number): void {
    const mark = row.own_used === 0 ? START_USED : EXTEND_USED;
    this.#store.db.run(mark, row.id, row.own_first, row.own_past);
    this.#blocks.note("blockRetired", row, { bytes });
  }
}
