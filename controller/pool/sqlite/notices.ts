import type { AtOnce } from "../at-once.ts";
import type { GoneReason, KeyPool } from "../key-pool.ts";
import type { Database } from "./database.ts";
import type { StoreContext } from "./store-context.ts";

type Calls = AtOnce<KeyPool<Uint8Array>>;

/** Enters a notice of a pair, once for a block and reason while the other site has not acted on it. */
export function enterNotice(db: Database, pair: number, blockId: string, reason: GoneReason, past = 0): void {
  db.run(
    "INSERT INTO notice (pair, block_id, reason, past) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    pair,
    blockId,
    reason,
    past,
  );
}

/** What the other site is still to be told of blocks that end here: entered in the commit of the change that it tells. */
export class Notices {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  /** Enters a notice, once for a block and reason while the other site has not acted on it. */
  enter(blockId: string, reason: GoneReason): void {
    enterNotice(this.#store.db, this.#store.pair, blockId, reason);
  }

  readonly notices: Calls["notices"] = (count) =>
    this.#store.db.all(
      'SELECT number, block_id AS "blockId", reason, past FROM notice WHERE pair = ? ORDER BY number LIMIT ?',
      this.#store.pair,
      count,
    );

  readonly noticesHeard: Calls["noticesHeard"] = (numbers) => {
    const { db, now, pair } = this.#store;
    for (const number of numbers) {
      db.run(
        `UPDATE block SET closing_heard_at_ms = ?2 WHERE closing_heard_at_ms IS NULL
          AND pair = ?3 AND block_id = (SELECT block_id FROM notice WHERE number = ?1 AND pair = ?3 AND reason = 'expired')`,
        number,
        now(),
        pair,
      );
      db.run("DELETE FROM notice WHERE number = ? AND pair = ?", number, pair);
    }
  };
}
