import { KeyStoreError } from "../../errors/index.ts";
import { AUTH_SEGMENT_BYTES, type AuthStore } from "./auth-store.ts";
import type { BlockVault, SealedBlock } from "./block-vault.ts";
import { KEY_ID_LIMITS } from "./key-id.ts";
import type { BlockEpsilon, KeyOrigin, PoolStatus } from "./key-pool.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";

/** Halves are whole multiples of this, and a rest smaller than this is given up at both sites alike. */
export const GRAIN_BYTES = 32;
/** After its age limit a block is no longer handed out; keys already handed out can be fetched this much longer. */
export const FETCH_GRACE_MS = 60_000;
/** Space that blocks leave free, so that handing out keys goes on when the disk is nearly full. */
const HEADROOM_BYTES = 2 * 2 ** 20;
const KEPT_TOMBSTONES = 1000;
/** Chunks written or removed in one transaction: half a megabyte, a few milliseconds. */
const CHUNKS_AT_ONCE = 8;

/** A block as it enters the store; the first `authBytes` of `key` go to the authentication reserve. */
export interface ShelfBlock {
  readonly blockId: string;
  readonly sequence: number;
  readonly origin: KeyOrigin;
  readonly key: Uint8Array;
  readonly authBytes?: number;
  readonly epsilon: BlockEpsilon;
  readonly createdAtMs: number;
}

/** The life of blocks: pending, available, spent; destroyed by destroying their data key. */
export class BlockShelf {
  readonly #store: StoreContext;
  readonly #vault: BlockVault;
  readonly #auth: AuthStore;
  readonly #capacityBytes: number;
  #keysDestroyed = false;

  constructor(store: StoreContext, vault: BlockVault, auth: AuthStore, capacityBits: number) {
    this.#store = store;
    this.#vault = vault;
    this.#auth = auth;
    this.#capacityBytes = Math.floor(capacityBits / 8);
  }

  /**
   * The steps that store a block as pending, each for a transaction of its own, so that a large block does not keep
   * other callers waiting. Until the last one is durable the block does not exist for anybody.
   */
  adding(block: ShelfBlock): (() => void)[] {
    checkBlock(block);
    const { bytes, key } = deliverable(block);
    const sealed = this.#vault.seal(
      { block_id: block.blockId, origin: block.origin, epoch: this.#store.epoch },
      key,
    );
    const steps = Math.ceil(sealed.chunks / CHUNKS_AT_ONCE);
    return Array.from({ length: steps }, (_, step) => () => {
      const row = step === 0 ? this.#begin(block, bytes, sealed) : this.#loading(block.blockId);
      if (row === undefined) return;
      const past = Math.min((step + 1) * CHUNKS_AT_ONCE, sealed.chunks);
      for (let number = step * CHUNKS_AT_ONCE; number < past; number += 1) sealed.storeChunk(row, number);
      if (step === steps - 1) this.#finish(row, block, sealed);
    });
  }

  /** Removes what a failed or interrupted addition left. */
  abandon(blockId?: string): void {
    this.#store.db.run(
      "DELETE FROM block WHERE state = 'loading' AND (?1 IS NULL OR block_id = ?1)",
      blockId ?? null,
    );
  }

  /** Enters the block's row; undefined when the store holds this block already. */
  #begin(block: ShelfBlock, bytes: number, sealed: SealedBlock): number | undefined {
    const known = this.find(block.blockId);
    if (known !== undefined && this.#sameBlock(known, block)) return undefined;
    if (known !== undefined) throw conflict(block, "another block has this id or was used already");
    const level = this.status(block.origin);
    if ((level.availableBits + level.peerBits) / 8 + bytes > this.#capacityBytes) {
      throw new KeyStoreError("QKD_KEYSTORE_CAPACITY", "the pool is full; the block was not stored", {
        retryable: true,
        context: { blockId: block.blockId, origin: block.origin },
      });
    }
    // Room for the block in the log and in the file, and for the small changes of handing keys out afterwards.
    if (this.#store.db.freeBytes() < 2 * bytes + HEADROOM_BYTES) {
      throw new KeyStoreError("QKD_KEYSTORE_FULL", "too little space is left for another block", {
        retryable: true,
        context: { blockId: block.blockId, bytes },
      });
    }
    const middle = Math.floor(bytes / (2 * GRAIN_BYTES)) * GRAIN_BYTES;
    const alice = [0, middle] as const;
    const bob = [middle, bytes] as const;
    const [own, peer] = this.#store.site === "alice" ? [alice, bob] : [bob, alice];
    const { secrecy, correctness, authentication } = block.epsilon;
    return this.#store.db.run(
      `INSERT INTO block (block_id, origin, sequence, state, epoch, created_at_ms, secrecy, correctness,
        authentication, bytes, own_first, own_past, peer_first, peer_past, data_key)
        VALUES (?, ?, ?, 'loading', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[block.blockId, block.origin, block.sequence, this.#store.epoch, block.createdAtMs],
      ...[secrecy, correctness, authentication, bytes, ...own, ...peer, sealed.wrapped],
    ).lastId;
  }

  #loading(blockId: string): number | undefined {
    const row = this.find(blockId);
    return row?.state === "loading" ? row.id : undefined;
  }

  #finish(row: number, block: ShelfBlock, sealed: SealedBlock): void {
    const { blockId, origin, sequence, key, authBytes = 0 } = block;
    this.#store.db.run("UPDATE block SET state = 'pending' WHERE id = ?", row);
    this.#note("blockAdded", blockId, { origin, sequence, bytes: deliverable(block).bytes });
    if (authBytes > 0) this.#auth.hold(blockId, sequence, key.subarray(0, authBytes));
    sealed.wipe();
  }

  #sameBlock(known: BlockRow, block: ShelfBlock): boolean {
    return (
      known.origin === block.origin &&
      known.sequence === block.sequence &&
      known.created_at_ms === block.createdAtMs &&
      known.bytes === deliverable(block).bytes &&
      (known.state === "pending" || known.state === "available") &&
      this.#vault.holds(known, deliverable(block).key)
    );
  }

  makeAvailable(blockId: string): void {
    const row = this.find(blockId);
    if (row === undefined || row.state === "loading") {
      throw new KeyStoreError("QKD_KEYSTORE_UNKNOWN_BLOCK", "no such block is stored", {
        context: { blockId },
      });
    }
    if (row.state !== "pending") return;
    this.#store.db.run("UPDATE block SET state = 'available' WHERE id = ?", row.id);
    this.#auth.release(blockId);
    this.#note("blockAvailable", blockId, {});
  }

  /** Destroys a block; nothing happens to an unknown or spent one. */
  discard(blockId: string, event = "blockDiscarded"): void {
    const row = this.find(blockId);
    if (row !== undefined && row.state !== "spent" && row.state !== "loading") this.#destroy(row, event);
  }

  /** Sets a damaged block aside: nothing of it is delivered any more. */
  quarantine(rowId: number): void {
    const row = this.#store.db.one<BlockRow>("SELECT * FROM block WHERE id = ?", rowId);
    if (row === undefined || row.state === "spent" || row.state === "quarantined") return;
    this.#store.db.run("UPDATE block SET state = 'quarantined' WHERE id = ?", rowId);
    this.#vault.forget(rowId);
    this.#note("blockQuarantined", row.block_id, { origin: row.origin });
  }

  find(blockId: string): BlockRow | undefined {
    return this.#store.db.one<BlockRow>("SELECT * FROM block WHERE block_id = ?", blockId);
  }

  pending(): { blockId: string; origin: KeyOrigin; sequence: number }[] {
    return this.#store.db.all(
      "SELECT block_id AS blockId, origin, sequence FROM block WHERE state = 'pending' ORDER BY origin, sequence",
    );
  }

  /** Highest sequence number that this store ever held, or -1. */
  highestSequence(origin: KeyOrigin): number {
    const row = this.#store.db.one<{ top: number }>(
      `SELECT max(coalesce((SELECT max(sequence) FROM block WHERE origin = ?1), -1),
        coalesce((SELECT sequence FROM origin_floor WHERE origin = ?1), -1)) AS top`,
      origin,
    );
    return row?.top ?? -1;
  }

  status(origin: KeyOrigin): PoolStatus {
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
      capacityBits: this.#capacityBytes * 8,
      blocks: row?.blocks ?? 0,
      oldestCreatedAtMs: row?.oldest ?? null,
    };
  }

  /** Stops handing out blocks older than `maxAgeMs`, destroys them after the grace period; returns the bits lost. */
  expire(nowMs: number, maxAgeMs: number, origin: KeyOrigin | null): number {
    const rows = this.#store.db.all<BlockRow>(
      "SELECT * FROM block WHERE state NOT IN ('loading', 'spent') AND created_at_ms < ?1 AND (?2 IS NULL OR origin = ?2)",
      nowMs - maxAgeMs,
      origin,
    );
    let lostBytes = 0;
    for (const row of rows) {
      const own = row.own_past - row.own_first - row.own_used;
      const old = row.created_at_ms < nowMs - maxAgeMs - FETCH_GRACE_MS;
      if (own > 0) lostBytes += own;
      if (old) lostBytes += row.peer_past - row.peer_first - row.peer_used;
      if (old || row.state === "pending") this.#destroy(row, "blockExpired");
      else if (row.state === "available" && own > 0) {
        this.giveUp(row, row.own_first + row.own_used, row.own_past);
        this.#note("blockRetired", row.block_id, { bytes: own });
      }
    }
    return lostBytes * 8;
  }

  /** Marks a range of the own half as used without delivering it. */
  giveUp(row: BlockRow, first: number, past: number): void {
    if (first === row.own_first) {
      this.#store.db.run("INSERT INTO used VALUES (?, ?, ?)", row.id, first, past);
    } else {
      this.#store.db.run(
        "UPDATE used SET past = ? WHERE block = ? AND first = ?",
        past,
        row.id,
        row.own_first,
      );
    }
  }

  /** Destroys blocks that are used up and removes a little of the rubbish; true when more waits. */
  sweep(): boolean {
    const { db, now } = this.#store;
    db.run("DELETE FROM redelivery WHERE until_ms <= ?", now());
    const finished = db.all<BlockRow>(
      `SELECT * FROM block WHERE state = 'available' AND own_used = own_past - own_first
        AND peer_used = peer_past - peer_first AND NOT EXISTS (SELECT 1 FROM redelivery WHERE block = block.id)`,
    );
    for (const row of finished) this.#destroy(row, "blockSpent");
    const dirty = db.one<{ id: number }>(
      "SELECT id FROM block WHERE state = 'spent' AND cleared = 0 ORDER BY id LIMIT 1",
    );
    if (dirty === undefined) return this.#forgetTombstones();
    const { changes } = db.run(
      "DELETE FROM chunk WHERE block = ?1 AND number IN (SELECT number FROM chunk WHERE block = ?1 LIMIT ?2)",
      dirty.id,
      CHUNKS_AT_ONCE,
    );
    if (changes < CHUNKS_AT_ONCE) {
      db.run("DELETE FROM used WHERE block = ?", dirty.id);
      db.run("UPDATE block SET cleared = 1 WHERE id = ?", dirty.id);
    }
    return true;
  }

  /** True once after data keys were destroyed: the log should then be emptied of their old copies. */
  takeKeysDestroyed(): boolean {
    const destroyed = this.#keysDestroyed;
    this.#keysDestroyed = false;
    return destroyed;
  }

  #forgetTombstones(): false {
    const { db } = this.#store;
    for (const { origin, cut } of db.all<{ origin: string; cut: number }>(
      `SELECT origin, max(sequence) - ? AS cut FROM block WHERE state = 'spent' GROUP BY origin`,
      KEPT_TOMBSTONES,
    )) {
      const floor = db.one<{ sequence: number }>(
        "SELECT sequence FROM origin_floor WHERE origin = ?",
        origin,
      );
      if (cut - (floor?.sequence ?? -1) < KEPT_TOMBSTONES) continue;
      db.run(
        "INSERT INTO origin_floor VALUES (?, ?) ON CONFLICT (origin) DO UPDATE SET sequence = excluded.sequence",
        ...[origin, cut],
      );
      db.run(
        "DELETE FROM block WHERE state = 'spent' AND cleared = 1 AND origin = ? AND sequence <= ?",
        origin,
        cut,
      );
    }
    return false;
  }

  #destroy(row: BlockRow, event: string): void {
    this.#store.db.run("DELETE FROM redelivery WHERE block = ?", row.id);
    this.#store.db.run("UPDATE block SET state = 'spent', data_key = NULL WHERE id = ?", row.id);
    this.#auth.drop(row.block_id);
    this.#vault.forget(row.id);
    this.#keysDestroyed = true;
    this.#note(event, row.block_id, { origin: row.origin, ownUsed: row.own_used, peerUsed: row.peer_used });
  }

  #note(event: string, blockId: string, detail: Record<string, string | number>): void {
    this.#store.audit.append(this.#store.now(), event, { blockId, ...detail });
  }
}

/** The part of a block that is handed out as keys, in whole grains. */
function deliverable({ key, authBytes = 0 }: ShelfBlock): {
  readonly bytes: number;
  readonly key: Uint8Array;
} {
  const bytes = Math.floor((key.length - authBytes) / GRAIN_BYTES) * GRAIN_BYTES;
  return { bytes, key: key.subarray(authBytes, authBytes + bytes) };
}

function checkBlock(block: ShelfBlock): void {
  const { authBytes = 0 } = block;
  const wrong =
    (!(isCount(authBytes, 2 * AUTH_SEGMENT_BYTES) && authBytes % 2 === 0) &&
      `the authentication share is an even number of bytes up to ${2 * AUTH_SEGMENT_BYTES}`) ||
    (authBytes > 0 && block.origin !== "qkd" && "only distilled blocks feed the authentication reserve") ||
    (!/^[0-9a-f]{32}$/.test(block.blockId) && "a block id is 32 lower-case hex digits") ||
    (!isCount(block.sequence, KEY_ID_LIMITS.sequence) && "the sequence number is out of range") ||
    (!["qkd", "relay", "hybrid", "pqc"].includes(block.origin) && "the origin is unknown") ||
    (!isCount(block.createdAtMs, Number.MAX_SAFE_INTEGER) && "the creation time is out of range") ||
    (block.key.length - authBytes < GRAIN_BYTES && `a block holds at least ${GRAIN_BYTES} bytes`) ||
    (block.key.length > KEY_ID_LIMITS.blockBytes &&
      `a block holds at most ${KEY_ID_LIMITS.blockBytes} bytes`);
  if (wrong) {
    throw new KeyStoreError("QKD_KEYSTORE_REQUEST", wrong, {
      context: { origin: block.origin, sequence: block.sequence, bytes: block.key.length },
      remedy: "correct the block",
    });
  }
}

function isCount(value: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= max;
}

function conflict(block: ShelfBlock, sentence: string): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_CONFLICT", sentence, {
    context: { blockId: block.blockId, sequence: block.sequence },
  });
}
