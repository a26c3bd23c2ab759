import type { Position } from "../anchor/anchor-record.ts";
import { segmentRow } from "../deletion/segments.ts";
import type { KeyOrigin } from "../key-pool.ts";
import { destroyBlock } from "./end-block.ts";
import { raiseOwnMark } from "./own-marks.ts";
import type { SealedBlocks } from "./sealed-blocks.ts";
import type { BlockRow, StoreBase } from "./store-context.ts";

/** Tombstones per origin that stay, so that a block just spent is still known by its id. */
const KEPT_TOMBSTONES = 1000;
/** Segments removed in one transaction: half a megabyte, a few milliseconds. */
const SEGMENTS_AT_ONCE = 128;

/** Destroys what is used up and clears away what was destroyed, a little at a time. */
export class BlockClearing {
  readonly #store: StoreBase;
  readonly #sealed: SealedBlocks;

  constructor(store: StoreBase, sealed: SealedBlocks) {
    this.#store = store;
    this.#sealed = sealed;
  }

  /** One step of clearing; true when more waits. */
  step(): boolean {
    const { db, now } = this.#store;
    db.run("DELETE FROM redelivery WHERE until_ms <= ?", now());
    const finished = db.all<BlockRow>(
      `SELECT * FROM block WHERE state = 'available' AND own_used = own_past - own_first
        AND peer_used = peer_past - peer_first AND NOT EXISTS (SELECT 1 FROM redelivery WHERE block = block.id)`,
    );
    for (const row of finished) destroyBlock(this.#store, this.#sealed, row, "blockSpent");
    const dirty = db.one<{ id: number }>(
      "SELECT id FROM block WHERE state = 'spent' AND cleared = 0 ORDER BY id LIMIT 1",
    );
    if (dirty === undefined) {
      this.#forgetTombstones();
      return false;
    }
    const { changes } = db.run(
      "DELETE FROM segment WHERE id IN (SELECT id FROM segment WHERE id >= ? AND id < ? LIMIT ?)",
      segmentRow(dirty.id, 0),
      segmentRow(dirty.id + 1, 0),
      SEGMENTS_AT_ONCE,
    );
    if (changes < SEGMENTS_AT_ONCE) {
      db.run("DELETE FROM used WHERE block = ?", dirty.id);
      db.run("UPDATE block SET cleared = 1 WHERE id = ?", dirty.id);
    }
    return true;
  }

  /** How far own halves were given is known when the rows that say so are gone. */
  #keepMark(pair: number, origin: KeyOrigin, cut: number): void {
    const { db } = this.#store;
    const last = db.one<Position>(
      `SELECT sequence, own_used AS offset FROM block WHERE pair = ? AND origin = ? AND own_used > 0 AND sequence <= ?
        ORDER BY sequence DESC LIMIT 1`,
      pair,
      origin,
      cut,
    );
    if (last !== undefined) raiseOwnMark(db, pair, origin, last);
  }

  #forgetTombstones(): void {
    const { db } = this.#store;
    const cuts = db.all<{ pair: number; origin: KeyOrigin; cut: number }>(
      "SELECT pair, origin, max(sequence) - ? AS cut FROM block WHERE state = 'spent' GROUP BY pair, origin",
      KEPT_TOMBSTONES,
    );
    for (const { pair, origin, cut } of cuts) {
      const floor = db.one<{ sequence: number }>(
        "SELECT sequence FROM origin_floor WHERE pair = ? AND origin = ?",
        pair,
        origin,
      );
      if (cut - (floor?.sequence ?? -1) < KEPT_TOMBSTONES) continue;
      this.#keepMark(pair, origin, cut);
      db.run(
        "INSERT INTO origin_floor VALUES (?, ?, ?) ON CONFLICT (pair, origin) DO UPDATE SET sequence = excluded.sequence",
        pair,
        origin,
        cut,
      );
      db.run(
        `DELETE FROM block WHERE state = 'spent' AND cleared = 1 AND pair = ? AND origin = ? AND sequence <= ?
          AND (proposed = 0 OR release_tag IS NULL OR release_heard = 1)`,
        pair,
        origin,
        cut,
      );
    }
  }
}
