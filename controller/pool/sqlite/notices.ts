import type { AtOnce } from "../at-once.ts";
import type { GoneReason, KeyPool } from "../key-pool.ts";
import type { StoreContext } from "./store-context.ts";

type Calls = AtOnce<KeyPool<Uint8Array>>;

/** What the other site is still to be told of blocks that end here: entered in the commit of the change that it tells. */
export class Notices {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  /** Enters a notice, once for a block and reason while the other site has not acted on it. */
  enter(blockId: string, reason: GoneReason): void {
    this.#store.db.run(
      "INSERT INTO notice (block_id, reason) VALUES (?, ?) ON CONFLICT DO NOTHING",
      blockId,
      reason,
    );
  }

  readonly notices: Calls["notices"] = (count) =>
    this.#store.db.all(
      'SELECT number, block_id AS "blockId", reason, past FROM notice ORDER BY number LIMIT ?',
      count,
    );

  readonly noticesHeard: Calls["noticesHeard"] = (numbers) => {
    const { db, now } = this.#store;
    for (const number of numbers) {
      db.run(
        `UPDATE block SET closing_heard_at_ms = ?2 WHERE closing_heard_at_ms IS NULL
          AND block_id = (SELECT block_id FROM notice WHERE number = ?1 AND reason = 'expired')`,
        number,
        now(),
      );
      db.run("DELETE FROM notice WHERE number = ?", number);
    }
  };
}
