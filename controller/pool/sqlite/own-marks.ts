import { NOWHERE, type Position } from "../anchor/anchor-record.ts";
import { usedUpTo } from "../block-halves.ts";
import type { KeyOrigin } from "../key-pool.ts";
import type { Database } from "./database.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";
import { noteLoss } from "./store-losses.ts";
import { EXTEND_USED, START_USED } from "./used-ranges.ts";

/** Up to where own halves of an origin may have been given before this store was opened. */
export function ownMark(db: Database, pair: number, origin: KeyOrigin): Position {
  const row = db.one<{ sequence: number; past: number }>(
    "SELECT sequence, past FROM own_mark WHERE pair = ? AND origin = ?",
    pair,
    origin,
  );
  return row === undefined ? NOWHERE : { sequence: row.sequence, offset: row.past };
}

/** Raises the mark; it never falls. */
export function raiseOwnMark(
  db: Database,
  pair: number,
  origin: KeyOrigin,
  { sequence, offset }: Position,
): void {
  if (sequence < 0) return;
  db.run(
    `INSERT INTO own_mark VALUES (?4, ?1, ?2, ?3) ON CONFLICT (pair, origin) DO UPDATE SET sequence = ?2, past = ?3
      WHERE sequence < ?2 OR (sequence = ?2 AND past < ?3)`,
    origin,
    sequence,
    offset,
    pair,
  );
}

/** Marks used what the mark covers of an available block's own half; the bytes that were not used before. */
export function burnOwnHalf(store: StoreContext, row: BlockRow): number {
  const { db, audit, now } = store;
  const mark = ownMark(db, row.pair, row.origin);
  if (row.sequence > mark.sequence) return 0;
  // Halves of a pending block are not known yet: they are burnt when it is released.
  if (row.own_first === null || row.own_past === null) return 0;
  const half = { first: row.own_first, past: row.own_past };
  const covered = row.sequence < mark.sequence ? half.past : Math.min(half.past, half.first + mark.offset);
  const first = half.first + row.own_used;
  if (covered <= first) return 0;
  const past = usedUpTo(covered, half);
  db.run(row.own_used === 0 ? START_USED : EXTEND_USED, row.id, half.first, past);
  audit.append(now(), "ownKeyBurnt", { blockId: row.block_id, first, past });
  noteLoss(store, {
    pair: row.pair,
    kind: "ownBurnt",
    origin: row.origin,
    sequence: row.sequence,
    blockId: row.block_id,
    first,
    past,
  });
  return past - first;
}
