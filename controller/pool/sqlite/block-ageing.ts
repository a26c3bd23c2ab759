import type { AtOnce } from "../at-once.ts";
import { FETCH_GRACE_MS } from "../block-halves.ts";
import type { KeyPool } from "../key-pool.ts";
import type { BlockTable } from "./block-table.ts";
import type { HalfEnds } from "./half-ends.ts";
import type { Notices } from "./notices.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";

/**
 * Ends the service of blocks that are too old, in two steps: nothing more is handed out here, and the other site is told;
 * once it has acted on that, and the grace is over, the block is destroyed. The acceptor leaves pending blocks alone: the
 * proposer decides over them.
 */
export class BlockAgeing {
  readonly #store: StoreContext;
  readonly #blocks: BlockTable;
  readonly #ends: HalfEnds;
  readonly #notices: Notices;

  constructor(store: StoreContext, blocks: BlockTable, ends: HalfEnds, notices: Notices) {
    this.#store = store;
    this.#blocks = blocks;
    this.#ends = ends;
    this.#notices = notices;
  }

  readonly expire: AtOnce<KeyPool>["expire"] = ({ nowMs: toldMs, maxAgeMs, peerOffsetMs, origin }) => {
    const nowMs = this.#store.clock.atLeast(toldMs);
    // Both clocks say that it is old; while the other one is not known, this one says it alone.
    const peerMs = peerOffsetMs === null ? null : nowMs + peerOffsetMs;
    const rows = this.#store.db.all<BlockRow>(
      `SELECT * FROM block WHERE pair = ?4 AND state NOT IN ('loading', 'spent') AND stored_at_ms < ?1
        AND (?2 IS NULL OR stored_at_ms + peer_offset_ms < ?2) AND (?3 IS NULL OR origin = ?3)`,
      nowMs - maxAgeMs,
      peerMs === null ? null : Math.round(peerMs) - maxAgeMs,
      origin ?? null,
      this.#store.pair,
    );
    let lostBytes = 0;
    for (const row of rows) {
      if (row.state === "pending") {
        if (row.proposed === 1) this.#blocks.destroy(row, "blockExpired");
        continue;
      }
      lostBytes += this.#close(row, nowMs);
      const heardAtMs = row.closing_heard_at_ms;
      if (peerMs === null || heardAtMs === null || heardAtMs + FETCH_GRACE_MS > nowMs) continue;
      lostBytes += (row.peer_past ?? 0) - (row.peer_first ?? 0) - row.peer_used;
      this.#blocks.destroy(row, "blockExpired");
    }
    return lostBytes * 8;
  };

  /** Hands out no more of the block and says so; returns the bytes that were left. */
  #close(row: BlockRow, nowMs: number): number {
    if (row.closed_at_ms !== null) return 0;
    this.#store.db.run("UPDATE block SET closed_at_ms = ? WHERE id = ?", nowMs, row.id);
    this.#notices.enter(row.block_id, "expired");
    return this.#ends.own(row);
  }
}
