import type { PadAnchor } from "../anchor/anchor-record.ts";
import { padReach } from "../anchor/reach.ts";
import { authDirections } from "../auth-layout.ts";
import { newDataKey, openChunk, sealChunk, unwrapKey, wrapKey } from "../sealing.ts";
import { pairRow, setPadsHeldFor } from "./pair-table.ts";
import type { StoreContext } from "./store-context.ts";
import { noteLoss } from "./store-losses.ts";

/** Which site makes tags with the bytes. */
export type AuthDirection = "own" | "peer";

/** A row of the table `auth_segment`: `bytes` of each direction from offset `base` on. */
export interface AuthSegmentRow {
  readonly base: number;
  readonly bytes: number;
  readonly data_key: Uint8Array;
  readonly own: Uint8Array;
  readonly peer: Uint8Array;
}

const SET_CURSOR = "UPDATE auth_cursor SET next = ?1 WHERE epoch = ?2 AND direction = ?3";
const RELEASED = "waiting_for IS NULL";

/** Sealed segments of authentication key under the secret in force, and the cursors that only rise. */
export class AuthSegments {
  readonly #store: StoreContext;
  readonly #secret: number;
  /** How the anchor names that secret. */
  readonly #name: string;

  constructor(store: StoreContext, secret: number, name: string) {
    this.#store = store;
    this.#secret = secret;
    this.#name = name;
  }

  /** Number of the pre-placed secret in force. */
  get secret(): number {
    return this.#secret;
  }

  /** Where the next pad of this site's direction is taken from, or would be. */
  nextOffset(): number {
    const cursor = this.cursor("own");
    const row = this.firstWith(cursor, 1);
    return row === undefined ? this.end() : Math.max(cursor, row.base);
  }

  /** Behind everything that is held, waits or was used, of both directions. */
  end(): number {
    const row = this.#store.db.one<{ past: number }>(
      "SELECT coalesce(max(base + bytes), 0) AS past FROM auth_segment WHERE epoch = ?",
      this.#secret,
    );
    return Math.max(row?.past ?? 0, this.cursor("own"), this.cursor("peer"));
  }

  /** Whether a segment of the reserve lies in that range. */
  overlaps(first: number, past: number): boolean {
    return this.#select("base + bytes > ?1 AND base < ?3", first, past).length > 0;
  }

  /** Seals material of both directions at `base`; it counts at once, or once the block `waitingFor` is released. */
  insert(base: number, material: Uint8Array, waitingFor: string | null): void {
    const { db, wrappingKey, site } = this.#store;
    const { own, peer } = authDirections(material, site);
    const dataKey = newDataKey();
    const binding = this.#binding(base);
    db.run(
      "INSERT INTO auth_segment VALUES (?, ?, ?, ?, ?, ?, ?)",
      this.#secret,
      base,
      material.length / 2,
      waitingFor,
      wrapKey(wrappingKey, dataKey, binding),
      sealChunk(dataKey, 0, own, binding),
      sealChunk(dataKey, 1, peer, binding),
    );
    dataKey.fill(0);
  }

  /** Marks bytes of one direction used, forgets segments that both directions passed, and returns the bytes. */
  use(direction: AuthDirection, row: AuthSegmentRow, offset: number, bytes: number): Uint8Array {
    const { db, wrappingKey } = this.#store;
    const binding = this.#binding(row.base);
    const dataKey = unwrapKey(wrappingKey, row.data_key, binding);
    const plain = openChunk(dataKey, direction === "own" ? 0 : 1, row[direction], binding);
    const material = new Uint8Array(plain.subarray(offset - row.base, offset - row.base + bytes));
    plain.fill(0);
    dataKey.fill(0);
    // Whoever asks for used bytes is refused by the tables.
    db.run(SET_CURSOR, offset + bytes, this.#secret, direction);
    this.#store.reach.note(padReach(this.#name, { [direction]: offset + bytes }));
    const passed = Math.min(this.cursor("own"), this.cursor("peer"));
    db.run("DELETE FROM auth_segment WHERE epoch = ? AND base + bytes <= ?", this.#secret, passed);
    this.#replaceOlder();
    return material;
  }

  /** Bytes of a direction before `next` are used; false where they were already. */
  advance(direction: AuthDirection, next: number): boolean {
    const { changes } = this.#store.db.run(`${SET_CURSOR} AND next < ?1`, next, this.#secret, direction);
    this.#store.reach.note(padReach(this.#name, { [direction]: next }));
    if (changes > 0) this.#replaceOlder();
    return changes > 0;
  }

  /** With the first use under this secret there is no way back to an older one. */
  #replaceOlder(): void {
    this.#store.db.run(
      `DELETE FROM auth_segment WHERE epoch < ?1
        AND epoch IN (SELECT epoch FROM secret_seen WHERE pair = ?2)`,
      this.#secret,
      this.#store.pair,
    );
  }

  /**
   * Passes what the anchor says was used under this secret, and holds back what it held back; the bytes that were held and
   * are not used any more.
   */
  skipTo(pads: readonly PadAnchor[]): number {
    const used = pads.find(({ secret }) => secret === this.#name);
    if (used === undefined) return 0;
    if (used.held) this.holdBack();
    return this.#burn("own", used.own) + this.#burn("peer", used.peer);
  }

  /** Passes pads that may have been used; the bytes that were held. */
  #burn(direction: AuthDirection, past: number): number {
    const [first, left] = [this.cursor(direction), this.left(direction)];
    this.advance(direction, past);
    const bytes = left - this.left(direction);
    if (bytes > 0)
      noteLoss(this.#store, { pair: this.#store.pair, kind: `${direction}PadsBurnt`, first, past });
    return bytes;
  }

  /** Bytes of a direction that are released and not used. */
  left(direction: AuthDirection): number {
    return this.bytesFrom(this.cursor(direction));
  }

  /** Own pads of this secret are not given until `letGo`: nothing tells how far they are used. */
  holdBack(): void {
    setPadsHeldFor(this.#store.db, this.#store.pair, this.#secret);
  }

  /** Both directions are used up to there, and no further: so own pads are given again. */
  letGo(own: number, peer: number): boolean {
    const skipped = this.#burn("own", own) > 0;
    this.#burn("peer", peer);
    setPadsHeldFor(this.#store.db, this.#store.pair, 0);
    this.#store.reach.note(padReach(this.#name, { held: false }));
    return skipped;
  }

  get heldBack(): boolean {
    return pairRow(this.#store.db, this.#store.pair).pads_held_for === this.#secret;
  }

  /** Offset of the next unused byte of a direction. */
  cursor(direction: AuthDirection): number {
    const row = this.#store.db.one<{ next: number }>(
      "SELECT next FROM auth_cursor WHERE epoch = ? AND direction = ?",
      this.#secret,
      direction,
    );
    return row?.next ?? 0;
  }

  /** The segment that holds `offset`, released or not. */
  holding(offset: number): AuthSegmentRow | undefined {
    return this.#select("base <= ?1 AND base + bytes > ?1", offset)[0];
  }

  /** The first released segment that holds `bytes` bytes in a row at or after `offset`. */
  firstWith(offset: number, bytes: number): AuthSegmentRow | undefined {
    return this.#store.db.one<AuthSegmentRow>(
      `SELECT base, bytes, data_key, own, peer FROM auth_segment
        WHERE epoch = ?1 AND base + bytes >= max(base, ?2) + ?3 AND ${RELEASED} ORDER BY base LIMIT 1`,
      this.#secret,
      offset,
      bytes,
    );
  }

  /** Bytes of released segments at or after `offset`, of one direction. */
  bytesFrom(offset: number): number {
    const row = this.#store.db.one<{ left: number }>(
      `SELECT coalesce(sum(base + bytes - max(base, ?2)), 0) AS left FROM auth_segment
        WHERE epoch = ?1 AND base + bytes > ?2 AND ${RELEASED}`,
      this.#secret,
      offset,
    );
    return row?.left ?? 0;
  }

  /** Where released segments begin that have bytes at or after `offset`, in order. */
  basesFrom(offset: number): number[] {
    return this.#store.db
      .all<{ base: number }>(
        `SELECT base FROM auth_segment WHERE epoch = ?1 AND base + bytes > ?2 AND ${RELEASED} ORDER BY base`,
        this.#secret,
        offset,
      )
      .map(({ base }) => base);
  }

  /** Destroys the segment at `base`; false when there is none. */
  remove(base: number): boolean {
    const { changes } = this.#store.db.run(
      "DELETE FROM auth_segment WHERE epoch = ? AND base = ?",
      this.#secret,
      base,
    );
    return changes > 0;
  }

  #select(where: string, value: number, ...more: readonly number[]): AuthSegmentRow[] {
    return this.#store.db.all<AuthSegmentRow>(
      `SELECT base, bytes, data_key, own, peer FROM auth_segment WHERE ${where} AND epoch = ?2 ORDER BY base`,
      value,
      this.#secret,
      ...more,
    );
  }

  #binding(base: number): readonly (string | number)[] {
    return ["auth", this.#store.linkId, this.#secret, base];
  }
}
