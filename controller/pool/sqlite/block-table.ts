import { KeyStoreError } from "../../../errors/index.ts";
import { keyReach } from "../anchor/reach.ts";
import type { AtOnce } from "../at-once.ts";
import { blockHalves, GRAIN_BYTES, lackBytes } from "../block-halves.ts";
import type { BlockFacts, KeyPool } from "../key-pool.ts";
import { checkRelease } from "../request-limits.ts";
import { unwrapKey } from "../sealing.ts";
import type { AuthPads } from "./auth-pads.ts";
import { destroyBlock } from "./end-block.ts";
import type { Notices } from "./notices.ts";
import { burnOwnHalf } from "./own-marks.ts";
import type { SealedBlocks } from "./sealed-blocks.ts";
import { type BlockRow, type StoreContext, tailBinding } from "./store-context.ts";
import { EXTEND_USED } from "./used-ranges.ts";

type Calls = AtOnce<KeyPool<Uint8Array>>;

/** The life of stored blocks: pending, available, spent; destroyed by taking their key out of the tree of keys. */
export class BlockTable {
  readonly #store: StoreContext;
  readonly #sealed: SealedBlocks;
  readonly #auth: AuthPads;
  readonly #notices: Notices;
  readonly #capacityBits: number;

  constructor(
    store: StoreContext,
    sealed: SealedBlocks,
    auth: AuthPads,
    notices: Notices,
    capacityBits: number,
  ) {
    this.#store = store;
    this.#sealed = sealed;
    this.#auth = auth;
    this.#notices = notices;
    this.#capacityBits = Math.floor(capacityBits / 8) * 8;
  }

  readonly makeAvailable: Calls["makeAvailable"] = (blockId, release) => {
    const row = this.find(blockId);
    if (row === undefined || row.state === "loading") {
      throw new KeyStoreError("QKD_KEYSTORE_UNKNOWN_BLOCK", "no such block is stored", {
        context: { blockId },
      });
    }
    if (row.state !== "pending" || isClosed(row)) {
      // What ended before its release must not be told as released.
      if (row.release_tag === null) throw endedUnreleased(blockId);
      return;
    }
    checkRelease(release, row.bytes);
    const { own, peer } = blockHalves(row.bytes, release.boundaryBytes, this.#store.site);
    const peerUsed = this.#fetchedWhilePending(row, peer.past);
    this.#store.db.run(
      `UPDATE block SET state = 'available', tail = NULL, boundary = ?2, release_tag = ?3, own_first = ?4, own_past = ?5,
        peer_first = ?6, peer_past = ?7, peer_used = ?8 WHERE id = ?1`,
      row.id,
      release.boundaryBytes,
      release.tag,
      own.first,
      own.past,
      peer.first,
      peer.past,
      peerUsed,
    );
    this.#store.reach.note(keyReach(row.origin, { released: row.sequence }));
    this.#auth.release(blockId);
    this.note("blockAvailable", row, { boundary: release.boundaryBytes });
    const released = this.find(blockId);
    if (released !== undefined) burnOwnHalf(this.#store, released);
  };

  readonly discard: Calls["discard"] = (blockId) => {
    const row = this.find(blockId);
    if (row !== undefined && row.state !== "spent" && row.state !== "loading") {
      this.destroy(row, "blockDiscarded");
    }
  };

  readonly lose: Calls["lose"] = (blockId, reason) => {
    const row = this.find(blockId);
    // One that is set aside stays known: what is said of it must not change.
    if (row !== undefined && !["spent", "loading", "quarantined"].includes(row.state))
      this.destroy(row, "blockLost");
    this.#notices.enter(blockId, reason);
  };

  readonly pending: Calls["pending"] = () =>
    this.#store.db
      .all<BlockRow>(
        "SELECT * FROM block WHERE pair = ? AND state = 'pending' AND drained_at_ms IS NULL ORDER BY origin, sequence",
        this.#store.pair,
      )
      .map((row) => this.#facts(row));

  readonly block: Calls["block"] = (blockId) => {
    const row = this.find(blockId);
    return row === undefined || row.state === "loading" ? null : this.#facts(row);
  };

  readonly tail: Calls["tail"] = (blockId) => {
    const row = this.find(blockId);
    if (row?.state !== "pending" || row.tail === null) return null;
    return unwrapKey(this.#store.wrappingKey, row.tail, tailBinding(this.#store.linkId, row));
  };

  readonly unheardReleases: Calls["unheardReleases"] = (count) =>
    this.#store.db
      .all<BlockRow>(
        `SELECT * FROM block WHERE pair = ? AND proposed = 1 AND release_tag IS NOT NULL AND release_heard = 0
          ORDER BY id LIMIT ?`,
        this.#store.pair,
        count,
      )
      .map((row) => this.#facts(row));

  readonly releasesHeard: Calls["releasesHeard"] = (blockIds) => {
    for (const blockId of blockIds)
      this.#store.db.run(
        "UPDATE block SET release_heard = 1 WHERE pair = ? AND block_id = ? AND release_tag IS NOT NULL",
        this.#store.pair,
        blockId,
      );
  };

  readonly blockState: Calls["blockState"] = (blockId) => {
    const row = this.find(blockId);
    if (row === undefined || row.state === "loading") return "absent";
    return row.state === "quarantined" || isClosed(row) ? "spent" : row.state;
  };

  readonly highestSequence: Calls["highestSequence"] = (origin) => {
    const row = this.#store.db.one<{ top: number }>(
      `SELECT max(coalesce((SELECT max(sequence) FROM block WHERE pair = ?1 AND origin = ?2), -1),
        coalesce((SELECT sequence FROM origin_floor WHERE pair = ?1 AND origin = ?2), -1)) AS top`,
      this.#store.pair,
      origin,
    );
    return row?.top ?? -1;
  };

  readonly status: Calls["status"] = (origin) => {
    const row = this.#store.db.one<{
      own: number;
      peer: number;
      waiting: number;
      blocks: number;
      oldest: number | null;
    }>(
      `SELECT coalesce(sum(own_past - own_first - own_used), 0) AS own,
        coalesce(sum(peer_past - peer_first - peer_used), 0) AS peer, count(*) AS blocks, min(created_at_ms) AS oldest,
        (SELECT coalesce(sum(bytes / 2), 0) FROM block WHERE pair = ?1 AND origin = ?2 AND state = 'pending'
          AND proposed = 0 AND drained_at_ms IS NULL) AS waiting
        FROM block WHERE pair = ?1 AND origin = ?2 AND state = 'available'`,
      this.#store.pair,
      origin,
    );
    const own = row?.own ?? 0;
    return {
      origin,
      availableBits: own * 8,
      peerBits: (row?.peer ?? 0) * 8,
      lackBits: lackBytes(this.#capacityBits / 8, own + (row?.waiting ?? 0)) * 8,
      capacityBits: this.#capacityBits,
      blocks: row?.blocks ?? 0,
      oldestCreatedAtMs: row?.oldest ?? null,
    };
  };

  find(blockId: string): BlockRow | undefined {
    return this.#store.db.one<BlockRow>(
      "SELECT * FROM block WHERE pair = ? AND block_id = ?",
      this.#store.pair,
      blockId,
    );
  }

  /** Ends a block's life. */
  destroy(row: BlockRow, event: string): void {
    destroyBlock(this.#store, this.#sealed, row, event);
  }

  /**
   * Bytes that were fetched while the split was not known. A rest behind the last key that is smaller than a grain is
   * given up with it, as it is at the site that handed the key out.
   */
  #fetchedWhilePending(row: BlockRow, peerPast: number): number {
    const { db } = this.#store;
    const last = db.one<{ first: number; past: number }>(
      "SELECT first, past FROM used WHERE block = ? ORDER BY first DESC LIMIT 1",
      row.id,
    );
    if (last !== undefined && last.past < peerPast && peerPast - last.past < GRAIN_BYTES)
      db.run(EXTEND_USED, row.id, last.first, peerPast);
    const used = db.one<{ bytes: number }>(
      "SELECT coalesce(sum(past - first), 0) AS bytes FROM used WHERE block = ?",
      row.id,
    );
    return used?.bytes ?? 0;
  }

  #facts(row: BlockRow): BlockFacts {
    const { secrecy, correctness, authentication, boundary, release_tag: tag } = row;
    const fetched =
      row.state === "pending"
        ? this.#store.db.one<{ first: number | null; past: number | null }>(
            "SELECT min(first) AS first, max(past) AS past FROM used WHERE block = ?",
            row.id,
          )
        : undefined;
    return {
      blockId: row.block_id,
      origin: row.origin,
      sequence: row.sequence,
      createdAtMs: row.created_at_ms,
      epsilon: { secrecy, correctness, authentication },
      blockBytes: row.block_bytes,
      authBytes: row.auth_bytes,
      keyBytes: row.bytes,
      state: row.state === "loading" ? "spent" : isClosed(row) ? "quarantined" : row.state,
      proposed: row.proposed === 1,
      lackBytes: row.lack_bytes,
      storedAtMs: row.stored_at_ms,
      release: boundary === null || tag === null ? null : { boundaryBytes: boundary, tag },
      fetched:
        fetched === undefined || fetched.first === null || fetched.past === null
          ? null
          : { first: fetched.first, past: fetched.past },
    };
  }

  /** Enters what happened to a block into the audit log. */
  note(event: string, row: { readonly block_id: string }, detail: Record<string, string | number>): void {
    this.#store.audit.append(this.#store.now(), event, { blockId: row.block_id, ...detail });
  }
}

/** Pending as the acceptor, and ended by the proposer, who may have released it: kept for fetching alone. */
function isClosed({ state, drained_at_ms: drainedAtMs }: BlockRow): boolean {
  return state === "pending" && drainedAtMs !== null;
}

function endedUnreleased(blockId: string): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_CONFLICT", "the block was destroyed before it was released", {
    context: { blockId },
    remedy: "none needed: the other site destroys it too",
  });
}
