import { KeyStoreError } from "../../../errors/index.ts";
import { keyReach } from "../anchor/reach.ts";
import type { AtOnce } from "../at-once.ts";
import type { KeyOrigin, KeyPool } from "../key-pool.ts";
import type { AuthPads } from "./auth-pads.ts";
import { burnOwnHalf } from "./own-marks.ts";
import type { SealedBlocks } from "./sealed-blocks.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";

type Calls = AtOnce<KeyPool>;

/** The life of stored blocks: pending, available, spent; destroyed by taking their key out of the tree of keys. */
export class BlockTable {
  readonly #store: StoreContext;
  readonly #sealed: SealedBlocks;
  readonly #auth: AuthPads;
  readonly #capacityBits: number;

  constructor(store: StoreContext, sealed: SealedBlocks, auth: AuthPads, capacityBits: number) {
    this.#store = store;
    this.#sealed = sealed;
    this.#auth = auth;
    this.#capacityBits = Math.floor(capacityBits / 8) * 8;
  }

  readonly makeAvailable: Calls["makeAvailable"] = (blockId) => {
    const row = this.find(blockId);
    if (row === undefined || row.state === "loading") {
      throw new KeyStoreError("QKD_KEYSTORE_UNKNOWN_BLOCK", "no such block is stored", {
        context: { blockId },
      });
    }
    if (row.state !== "pending") return;
    this.#store.db.run("UPDATE block SET state = 'available' WHERE id = ?", row.id);
    this.#store.reach.note(keyReach(row.origin, { released: row.sequence }));
    this.#auth.release(blockId);
    this.note("blockAvailable", row, {});
    burnOwnHalf(this.#store, row);
  };

  readonly discard: Calls["discard"] = (blockId) => {
    const row = this.find(blockId);
    if (row !== undefined && row.state !== "spent" && row.state !== "loading") {
      this.destroy(row, "blockDiscarded");
    }
  };

  readonly pending: Calls["pending"] = () =>
    this.#store.db.all(
      "SELECT block_id AS blockId, origin, sequence FROM block WHERE state = 'pending' ORDER BY origin, sequence",
    );

  readonly blockState: Calls["blockState"] = (blockId) => {
    const state = this.find(blockId)?.state;
    if (state === undefined || state === "loading") return "absent";
    return state === "quarantined" ? "spent" : state;
  };

  readonly highestSequence: Calls["highestSequence"] = (origin) => {
    const row = this.#store.db.one<{ top: number }>(
      `SELECT max(coalesce((SELECT max(sequence) FROM block WHERE origin = ?1), -1),
        coalesce((SELECT sequence FROM origin_floor WHERE origin = ?1), -1)) AS top`,
      origin,
    );
    return row?.top ?? -1;
  };

  readonly status: Calls["status"] = (origin) => {
    const row = this.#store.db.one<{ own: number; peer: number; blocks: number; oldest: number | null }>(
      `SELECT coalesce(sum(own_past - own_first - own_used), 0) AS own,
        coalesce(sum(peer_past - peer_first - peer_used), 0) AS peer, count(*) AS blocks, min(created_at_ms) AS oldest
        FROM block WHERE origin = ? AND state = 'available'`,
      origin,
    );
    return {
      origin,
      availableBits: (row?.own ?? 0) * 8,
      peerBits: (row?.peer ?? 0) * 8,
      capacityBits: this.#capacityBits,
      blocks: row?.blocks ?? 0,
      oldestCreatedAtMs: row?.oldest ?? null,
    };
  };

  find(blockId: string): BlockRow | undefined {
    return this.#store.db.one<BlockRow>("SELECT * FROM block WHERE block_id = ?", blockId);
  }

  /** Whether `bytes` more of an origin fit under its capacity. */
  hasRoom(origin: KeyOrigin, bytes: number): boolean {
    const { availableBits, peerBits } = this.status(origin);
    return availableBits + peerBits + 8 * bytes <= this.#capacityBits;
  }

  /** Sets a damaged block aside: nothing of it is delivered any more. */
  quarantine(rowId: number): void {
    const row = this.#store.db.one<BlockRow>("SELECT * FROM block WHERE id = ?", rowId);
    if (row === undefined || row.state === "spent" || row.state === "quarantined") return;
    this.#store.db.run("UPDATE block SET state = 'quarantined' WHERE id = ?", rowId);
    this.#sealed.forget(rowId);
    this.note("blockQuarantined", row, { origin: row.origin });
  }

  /** Ends a block's life. The ciphertext that is still there is nothing once the next sweep has drawn a new root. */
  destroy(row: BlockRow, event: string): void {
    this.#store.db.run("DELETE FROM redelivery WHERE block = ?", row.id);
    this.#store.db.run("UPDATE block SET state = 'spent' WHERE id = ?", row.id);
    this.#auth.drop(row.block_id);
    this.#sealed.forget(row.id);
    this.note(event, row, { origin: row.origin, ownUsed: row.own_used, peerUsed: row.peer_used });
  }

  /** Enters what happened to a block into the audit log. */
  note(event: string, row: { readonly block_id: string }, detail: Record<string, string | number>): void {
    this.#store.audit.append(this.#store.now(), event, { blockId: row.block_id, ...detail });
  }
}
