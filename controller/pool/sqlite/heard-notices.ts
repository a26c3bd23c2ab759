import type { AtOnce } from "../at-once.ts";
import { goneStep } from "../gone-step.ts";
import type { KeyPool } from "../key-pool.ts";
import type { BlockTable } from "./block-table.ts";
import type { HalfEnds } from "./half-ends.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";

/** Acts on what the other site tells of blocks that end there. */
export class HeardNotices {
  readonly #store: StoreContext;
  readonly #blocks: BlockTable;
  readonly #ends: HalfEnds;

  constructor(store: StoreContext, blocks: BlockTable, ends: HalfEnds) {
    this.#store = store;
    this.#blocks = blocks;
    this.#ends = ends;
  }

  readonly hearGone: AtOnce<KeyPool<Uint8Array>>["hearGone"] = (blockId, reason, past = 0) => {
    const row = this.#blocks.find(blockId);
    const facts = this.#blocks.block(blockId);
    const deed = goneStep(facts, reason);
    const origin = row?.origin ?? null;
    if (row === undefined || deed === "nothing") return { settled: true, origin, lostBits: 0 };
    if (deed === "later") return { settled: false, origin, lostBits: 0 };
    if (deed === "void") {
      this.#blocks.destroy(row, "blockDiscarded");
      return { settled: true, origin, lostBits: 0 };
    }
    if (deed === "close") {
      this.#drained(row);
      this.#blocks.note("blockClosed", row, { reason });
      return { settled: true, origin, lostBits: 0 };
    }
    const lostBytes = deed === "drain" ? 0 : this.#ends.own(row, deed === "skip" ? past : undefined);
    if (deed !== "skip") this.#drained(row);
    if (deed !== "drain") this.#blocks.note("blockGone", row, { reason, lostBytes });
    return { settled: true, origin, lostBits: lostBytes * 8 };
  };

  readonly hearMissing: AtOnce<KeyPool<Uint8Array>>["hearMissing"] = ({ origin, first, last }) => {
    const rows = this.#store.db.all<BlockRow>(
      `SELECT * FROM block WHERE pair = ? AND origin = ? AND state = 'available' AND sequence BETWEEN ? AND ?
        AND (drained_at_ms IS NULL OR own_used < own_past - own_first) ORDER BY sequence`,
      this.#store.pair,
      origin,
      first,
      last,
    );
    return rows.map((row) => {
      const lostBytes = this.#ends.own(row);
      this.#drained(row);
      this.#blocks.note("blockGone", row, { reason: "lost", lostBytes });
      return { blockId: row.block_id, lostBits: lostBytes * 8 };
    });
  };

  /** The other site hands out no more of it: what nobody fetches does not hold room for ever. */
  #drained({ id }: BlockRow): void {
    this.#store.db.run(
      "UPDATE block SET drained_at_ms = coalesce(drained_at_ms, ?2) WHERE id = ?1",
      id,
      this.#store.now(),
    );
  }
}
