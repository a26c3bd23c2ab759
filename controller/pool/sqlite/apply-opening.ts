import { ANCHORED_ORIGINS, type Position } from "../anchor/anchor-record.ts";
import type { OpeningPlan, OriginPlan } from "../anchor/opening-plan.ts";
import { type ByteRange, GRAIN_BYTES } from "../block-halves.ts";
import type { KeyOrigin } from "../key-pool.ts";
import { enterNotice } from "./notices.ts";
import { burnOwnHalf, raiseOwnMark } from "./own-marks.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";
import { noteLoss } from "./store-losses.ts";
import { START_USED } from "./used-ranges.ts";

/** Takes out of use what an opening asks for, in its transaction; returns the bytes of key of both halves. */
export function burnKeys(store: StoreContext, plan: OpeningPlan): number {
  let bytes = 0;
  for (const origin of ANCHORED_ORIGINS) bytes += burnOrigin(store, origin, plan.origins[origin]);
  return bytes;
}

function burnOrigin(store: StoreContext, origin: KeyOrigin, plan: OriginPlan): number {
  const { db, pair } = store;
  noteMissing(store, origin, plan);
  quarantine(store, origin, plan.quarantineUpTo);
  raiseFloor(store, origin, plan.floor);
  raiseOwnMark(db, pair, origin, plan.ownUpTo);
  let bytes = 0;
  for (const row of rowsUpTo(store, origin, "state = 'available'", plan.ownUpTo.sequence))
    bytes += burnOwnHalf(store, row);
  for (const row of rowsUpTo(store, origin, "state IN ('pending', 'available')", plan.fetchedUpTo.sequence))
    bytes += burnPeerHalf(store, row, plan.fetchedUpTo);
  return bytes;
}

/** Blocks that were released, and so may be held by the other site, but are behind the end of this database. */
function noteMissing(store: StoreContext, origin: KeyOrigin, { quarantineUpTo }: OriginPlan): void {
  if (quarantineUpTo < 0) return;
  const { db, pair, audit, now } = store;
  const last =
    db.one<{ top: number }>(
      `SELECT max(coalesce((SELECT max(sequence) FROM block WHERE pair = ?1 AND origin = ?2), -1),
        coalesce((SELECT sequence FROM origin_floor WHERE pair = ?1 AND origin = ?2), -1)) AS top`,
      pair,
      origin,
    )?.top ?? -1;
  if (last >= quarantineUpTo) return;
  const loss = {
    pair,
    kind: "blocksMissing",
    origin,
    sequence: last + 1,
    throughSequence: quarantineUpTo,
  } as const;
  noteLoss(store, loss);
  audit.append(now(), "blocksMissing", { origin, first: last + 1, last: quarantineUpTo });
}

/** A pending block that may have been released is neither voided nor handed out. */
function quarantine(store: StoreContext, origin: KeyOrigin, upTo: number): void {
  const { db, audit, now } = store;
  for (const row of rowsUpTo(store, origin, "state = 'pending'", upTo)) {
    db.run("UPDATE block SET state = 'quarantined', tail = NULL WHERE id = ?", row.id);
    enterNotice(db, row.pair, row.block_id, "lost");
    audit.append(now(), "blockQuarantined", { blockId: row.block_id, origin });
    const { pair } = row;
    noteLoss(store, {
      pair,
      kind: "blockQuarantined",
      origin,
      sequence: row.sequence,
      blockId: row.block_id,
    });
  }
}

function raiseFloor({ db, pair }: StoreContext, origin: KeyOrigin, sequence: number): void {
  if (sequence < 0) return;
  db.run(
    `INSERT INTO origin_floor VALUES (?3, ?1, ?2)
      ON CONFLICT (pair, origin) DO UPDATE SET sequence = max(sequence, excluded.sequence)`,
    origin,
    sequence,
    pair,
  );
}

/** Marks used what was not fetched of a half up to a position, and so may have been. */
function burnPeerHalf(store: StoreContext, row: BlockRow, upTo: Position): number {
  if (row.peer_past === null) return 0;
  const end = row.sequence < upTo.sequence ? row.peer_past : Math.min(row.peer_past, upTo.offset);
  const past = row.peer_past - end < GRAIN_BYTES ? row.peer_past : end;
  let bytes = 0;
  const gaps = gapsOf(store, row, past);
  const last = gaps.at(-1);
  // What the other site hands out before that place from now on could not be fetched here.
  if (last !== undefined) enterNotice(store.db, row.pair, row.block_id, "burnt", last.past);
  for (const gap of gaps) {
    store.db.run(START_USED, row.id, gap.first, gap.past);
    store.audit.append(store.now(), "peerKeyBurnt", { blockId: row.block_id, ...gap });
    const { pair, origin, sequence, block_id: blockId } = row;
    noteLoss(store, { pair, kind: "peerBurnt", origin, sequence, blockId, ...gap });
    bytes += gap.past - gap.first;
  }
  return bytes;
}

function gapsOf({ db }: StoreContext, row: BlockRow, past: number): ByteRange[] {
  if (row.peer_first === null) return [];
  const used = db.all<ByteRange>(
    "SELECT first, past FROM used WHERE block = ? AND first >= ? AND first < ? ORDER BY first",
    row.id,
    row.peer_first,
    row.peer_past,
  );
  const gaps: ByteRange[] = [];
  let at = row.peer_first;
  for (const range of [...used, { first: past, past }]) {
    if (range.first > at) gaps.push({ first: at, past: Math.min(range.first, past) });
    at = Math.max(at, range.past);
    if (at >= past) break;
  }
  return gaps;
}

function rowsUpTo(
  { db, pair }: StoreContext,
  origin: KeyOrigin,
  where: string,
  sequence: number,
): BlockRow[] {
  return db.all<BlockRow>(
    `SELECT * FROM block WHERE pair = ? AND origin = ? AND ${where} AND sequence <= ? ORDER BY sequence`,
    pair,
    origin,
    sequence,
  );
}
