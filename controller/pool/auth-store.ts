import { createHmac } from "node:crypto";
import { KeyStoreError, PeerError } from "../../errors/index.ts";
import { deriveKey, newDataKey, openChunk, sealChunk, unwrapKey, wrapKey } from "./sealing.ts";
import type { StoreContext } from "./store-context.ts";

/** Distance between the offsets of two segments, and so the most bytes a replenishment may add to one direction. */
export const AUTH_SEGMENT_BYTES = 2 ** 20;
const LAST_SEQUENCE = 2 ** 32;
const RELEASED = "waiting_for IS NULL";

interface SegmentRow {
  readonly base: number;
  readonly bytes: number;
  readonly data_key: Uint8Array;
  readonly own: Uint8Array;
  readonly peer: Uint8Array;
}

type Direction = "own" | "peer";

/**
 * Authentication key of both directions. Offsets do not depend on the order in which material arrives: the bootstrap
 * secret begins at 0 and replenishment `s` at (s + 1) * AUTH_SEGMENT_BYTES, so that a site that missed one keeps the
 * same offsets for the others. A cursor per direction only rises.
 */
export class AuthStore {
  readonly #store: StoreContext;
  #epoch = 0;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  /**
   * Loads the pre-placed secret, once: a secret that this store knows as its current one adds nothing; a new one
   * replaces all older material; one that was replaced earlier is refused, because its pads were used.
   */
  bootstrap(secret: Uint8Array, material: Uint8Array): void {
    const { db, wrappingKey, audit, now } = this.#store;
    const fingerprint = createHmac("sha256", deriveKey(wrappingKey, "secret fingerprint"))
      .update(secret)
      .digest();
    const newest =
      db.one<{ epoch: number }>("SELECT coalesce(max(epoch), 0) AS epoch FROM secret_seen")?.epoch ?? 0;
    const known = db.one<{ epoch: number }>(
      "SELECT epoch FROM secret_seen WHERE fingerprint = ?",
      fingerprint,
    );
    if (known !== undefined && known.epoch !== newest) {
      throw new KeyStoreError(
        "QKD_KEYSTORE_CONFLICT",
        "this pre-placed secret was used and replaced before",
        {
          remedy: "place a fresh secret at both sites",
        },
      );
    }
    this.#epoch = newest;
    if (known !== undefined) return;
    this.#epoch = newest + 1;
    db.run("INSERT INTO secret_seen VALUES (?, ?)", this.#epoch, fingerprint);
    db.run("DELETE FROM auth_segment");
    for (const direction of ["own", "peer"]) {
      db.run("INSERT INTO auth_cursor VALUES (?, ?, 0)", this.#epoch, direction);
    }
    this.#insert(0, material, null);
    audit.append(now(), "authBootstrapped", { secret: this.#epoch, bytes: material.length });
  }

  /** Adds a distilled block's share; nothing happens when it was added before. */
  replenish(sequence: number, material: Uint8Array, waitingFor: string | null = null): void {
    const wrong =
      (!(Number.isSafeInteger(sequence) && sequence >= 0 && sequence < LAST_SEQUENCE) &&
        "the sequence is out of range") ||
      (!(material.length >= 2 && material.length <= 2 * AUTH_SEGMENT_BYTES && material.length % 2 === 0) &&
        `authentication material is an even number of bytes up to ${2 * AUTH_SEGMENT_BYTES}`);
    if (wrong) throw new KeyStoreError("QKD_KEYSTORE_REQUEST", wrong, { context: { sequence } });
    const base = (sequence + 1) * AUTH_SEGMENT_BYTES;
    const past = base + material.length / 2;
    if (past <= Math.min(this.#cursor("own"), this.#cursor("peer"))) return;
    if (this.#segments("base = ?1", base).length > 0) return;
    this.#insert(base, material, waitingFor);
    this.#store.audit.append(this.#store.now(), "authReplenished", { sequence, bytes: material.length });
  }

  /** Enters the share of a pending block; it counts once `release` says that both sites hold the block. */
  hold(blockId: string, sequence: number, material: Uint8Array): void {
    this.replenish(sequence, material, blockId);
  }

  /** The block became available: so does its share. */
  release(blockId: string): void {
    this.#store.db.run("UPDATE auth_segment SET waiting_for = NULL WHERE waiting_for = ?", blockId);
  }

  /** The block was destroyed before it became available: so is its share. */
  drop(blockId: string): void {
    this.#store.db.run("DELETE FROM auth_segment WHERE waiting_for = ?", blockId);
  }

  /** Marks the next bytes of the own direction used and returns them. */
  reserve(bytes: number): { offset: number; material: Uint8Array } {
    checkLength(bytes);
    const cursor = this.#cursor("own");
    for (const row of this.#segments(`base + bytes > ?1 AND ${RELEASED}`, cursor)) {
      const offset = Math.max(cursor, row.base);
      if (offset + bytes <= row.base + row.bytes)
        return { offset, material: this.#use("own", row, offset, bytes) };
    }
    throw new PeerError("QKD_AUTH_EXHAUSTED", "no authentication key is left", { context: { bytes } });
  }

  /** Marks bytes of the peer's direction used and returns them; the cursor never goes backwards. */
  reserveFromPeer(offset: number, bytes: number): Uint8Array {
    checkLength(bytes);
    const known = Number.isSafeInteger(offset) && offset >= this.#cursor("peer");
    // Also of a share that waits: the peer uses it, so the peer has released the block.
    const row = known ? this.#segments("base <= ?1 AND base + bytes > ?1", offset)[0] : undefined;
    if (row === undefined || offset + bytes > row.base + row.bytes) {
      throw new KeyStoreError(
        "QKD_KEYSTORE_CONFLICT",
        "the peer named authentication key that is used or not held",
        {
          context: { offset, bytes },
          remedy: "none needed if single: the block is dropped; otherwise check the peer site and its secret",
        },
      );
    }
    return this.#use("peer", row, offset, bytes);
  }

  /** Bytes left per direction. */
  remaining(): { own: number; peer: number } {
    const left = (direction: Direction) => {
      const cursor = this.#cursor(direction);
      return this.#segments(`base + bytes > ?1 AND ${RELEASED}`, cursor).reduce(
        (sum, row) => sum + row.base + row.bytes - Math.max(cursor, row.base),
        0,
      );
    };
    return { own: left("own"), peer: left("peer") };
  }

  /** Sequence numbers of the replenishments still held, for agreement with the other site after a restart. */
  held(): number[] {
    return this.#segments(`base > ?1 AND ${RELEASED}`, 0).map((row) => row.base / AUTH_SEGMENT_BYTES - 1);
  }

  /** Destroys replenishments that the other site does not hold. */
  forget(sequences: readonly number[]): void {
    for (const sequence of sequences) {
      const base = (sequence + 1) * AUTH_SEGMENT_BYTES;
      const { changes } = this.#store.db.run(
        "DELETE FROM auth_segment WHERE epoch = ? AND base = ? AND base > 0",
        ...[this.#epoch, base],
      );
      if (changes > 0) this.#store.audit.append(this.#store.now(), "authForgotten", { sequence });
    }
  }

  #insert(base: number, material: Uint8Array, waitingFor: string | null): void {
    const { db, wrappingKey, site } = this.#store;
    const half = material.length / 2;
    const [toBob, toAlice] = [material.subarray(0, half), material.subarray(half)];
    const [own, peer] = site === "alice" ? [toBob, toAlice] : [toAlice, toBob];
    const dataKey = newDataKey();
    const binding = this.#binding(base);
    db.run(
      "INSERT INTO auth_segment VALUES (?, ?, ?, ?, ?, ?, ?)",
      ...[this.#epoch, base, half, waitingFor, wrapKey(wrappingKey, dataKey, binding)],
      ...[sealChunk(dataKey, 0, own, binding), sealChunk(dataKey, 1, peer, binding)],
    );
    dataKey.fill(0);
  }

  #use(direction: Direction, row: SegmentRow, offset: number, bytes: number): Uint8Array {
    const { db, wrappingKey } = this.#store;
    const binding = this.#binding(row.base);
    const dataKey = unwrapKey(wrappingKey, row.data_key, binding);
    const plain = openChunk(dataKey, direction === "own" ? 0 : 1, row[direction], binding);
    const material = new Uint8Array(plain.subarray(offset - row.base, offset - row.base + bytes));
    plain.fill(0);
    dataKey.fill(0);
    db.run(
      "UPDATE auth_cursor SET next = ? WHERE epoch = ? AND direction = ?",
      ...[offset + bytes, this.#epoch, direction],
    );
    const passed = Math.min(this.#cursor("own"), this.#cursor("peer"));
    db.run("DELETE FROM auth_segment WHERE epoch = ? AND base + bytes <= ?", this.#epoch, passed);
    return material;
  }

  #cursor(direction: Direction): number {
    const row = this.#store.db.one<{ next: number }>(
      "SELECT next FROM auth_cursor WHERE epoch = ? AND direction = ?",
      ...[this.#epoch, direction],
    );
    return row?.next ?? 0;
  }

  #segments(where: string, value: number): SegmentRow[] {
    return this.#store.db.all<SegmentRow>(
      `SELECT base, bytes, data_key, own, peer FROM auth_segment WHERE ${where} AND epoch = ?2 ORDER BY base`,
      ...[value, this.#epoch],
    );
  }

  #binding(base: number): readonly (string | number)[] {
    return ["auth", this.#store.linkId, this.#epoch, base];
  }
}

function checkLength(bytes: number): void {
  if (Number.isInteger(bytes) && bytes >= 1 && bytes <= AUTH_SEGMENT_BYTES) return;
  throw new KeyStoreError("QKD_KEYSTORE_REQUEST", "the number of authentication bytes is out of range", {
    context: { bytes },
  });
}
