import type { HalfEnds } from "./half-ends.ts";
import type { Notices } from "./notices.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";

/**
 * Keeps keys that nobody fetches from holding room for ever: tells the other site when a half is handed out to its end,
 * and gives up what was not fetched of the other site's half so long after it told the same.
 */
export class HandedOut {
  readonly #store: StoreContext;
  readonly #ends: HalfEnds;
  readonly #notices: Notices;
  readonly #fetchTtlMs: number;

  constructor(store: StoreContext, ends: HalfEnds, notices: Notices, fetchTtlMs: number) {
    this.#store = store;
    this.#ends = ends;
    this.#notices = notices;
    this.#fetchTtlMs = fetchTtlMs;
  }

  /** What became due since the last call. Before blocks that are used up are destroyed, or the notice would be lost. */
  step(): void {
    const { db, now, pair } = this.#store;
    const ended = db.all<BlockRow>(
      "SELECT * FROM block WHERE pair = ? AND state = 'available' AND own_told = 0 AND own_used = own_past - own_first",
      pair,
    );
    for (const row of ended) {
      db.run("UPDATE block SET own_told = 1 WHERE id = ?", row.id);
      if (row.own_first !== row.own_past) this.#notices.enter(row.block_id, "handedOut");
    }
    const stale = db.all<BlockRow>(
      `SELECT * FROM block WHERE pair = ? AND drained_at_ms <= ?
        AND (state = 'pending' OR (state = 'available' AND peer_used < peer_past - peer_first))`,
      pair,
      now() - this.#fetchTtlMs,
    );
    for (const row of stale) this.#ends.peer(row);
  }
}
