import type { AtOnce } from "../at-once.ts";
import { goneStep } from "../gone-step.ts";
import type { KeyPool } from "../key-pool.ts";
import type { BlockTable } from "./block-table.ts";
import type { HalfEnds } from "./half-ends.ts";
import type { StoreContext } from "./store-context.ts";

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

  readonly hearGone: AtOnce<KeyPool<Uint8Array>>["hearGone"] = (blockId, reason) => {
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
    const lostBytes = deed === "retire" ? this.#ends.own(row) : 0;
    this.#store.db.run(
      "UPDATE block SET drained_at_ms = coalesce(drained_at_ms, ?2) WHERE id = ?1",
      row.id,
      this.#store.now(),
    );
    if (deed === "retire") this.#blocks.note("blockGone", row, { reason, lostBytes });
    return { settled: true, origin, lostBits: lostBytes * 8 };
  };
}
