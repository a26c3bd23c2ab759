import { eachOrigin, NOWHERE, type PadAnchor, type Position, WHOLE_BLOCK } from "../anchor/anchor-record.ts";
import type { DatabaseFacts } from "../anchor/judge-opening.ts";
import type { OriginReach, Reach } from "../anchor/reach.ts";
import type { KeyOrigin } from "../key-pool.ts";
import type { AuditLog } from "./audit-log.ts";
import type { Database } from "./database.ts";
import { ownMark } from "./own-marks.ts";
import { pairRow } from "./pair-table.ts";

/** What the tables say of themselves; `recordNumber` is the entry of the audit log that the newest record names. */
export function tableFacts(db: Database, pair: number, audit: AuditLog, recordNumber: number): DatabaseFacts {
  const { store_id: storeId, epoch: generation, anchor_version: anchorVersion } = pairRow(db, pair);
  return {
    storeId,
    generation,
    anchorVersion,
    audit: audit.head(),
    auditAtRecord: audit.hashOf(recordNumber),
    own: eachOrigin((origin) => ownFrontier(db, pair, origin)),
    last: eachOrigin((origin) => lastSequence(db, pair, origin)),
    pads: pads(db, pair),
  };
}

/** How far the tables of a pair are used. */
export function tableReach(db: Database, pair: number): Reach {
  const reach = (origin: KeyOrigin): OriginReach => ({
    own: ownFrontier(db, pair, origin),
    fetched: fetchedFrontier(db, pair, origin),
    released: releasedSequence(db, pair, origin),
  });
  return { origins: eachOrigin(reach), pads: pads(db, pair) };
}

function ownFrontier(db: Database, pair: number, origin: KeyOrigin): Position {
  const row = db.one<Position>(
    `SELECT sequence, own_used AS offset FROM block WHERE pair = ? AND origin = ? AND own_used > 0
      ORDER BY sequence DESC LIMIT 1`,
    pair,
    origin,
  );
  const mark = ownMark(db, pair, origin);
  const used = row ?? NOWHERE;
  const known =
    mark.sequence > used.sequence || (mark.sequence === used.sequence && mark.offset > used.offset);
  return known ? mark : used;
}

function fetchedFrontier(db: Database, pair: number, origin: KeyOrigin): Position {
  const row = db.one<{ sequence: number; past: number | null }>(
    `SELECT sequence, (SELECT max(past) FROM used WHERE block = block.id AND first >= peer_first AND first < peer_past)
      AS past FROM block WHERE pair = ? AND origin = ? AND peer_used > 0 ORDER BY sequence DESC LIMIT 1`,
    pair,
    origin,
  );
  return row === undefined ? NOWHERE : { sequence: row.sequence, offset: row.past ?? WHOLE_BLOCK };
}

function releasedSequence(db: Database, pair: number, origin: KeyOrigin): number {
  return (
    db.one<{ top: number }>(
      "SELECT coalesce(max(sequence), -1) AS top FROM block WHERE pair = ? AND origin = ? AND state = 'available'",
      pair,
      origin,
    )?.top ?? -1
  );
}

function lastSequence(db: Database, pair: number, origin: KeyOrigin): number {
  const row = db.one<{ top: number }>(
    "SELECT coalesce(max(sequence), -1) AS top FROM block WHERE pair = ? AND origin = ? AND state <> 'loading'",
    pair,
    origin,
  );
  return Math.max(row?.top ?? -1, floorOf(db, pair, origin));
}

function floorOf(db: Database, pair: number, origin: KeyOrigin): number {
  return (
    db.one<{ sequence: number }>(
      "SELECT sequence FROM origin_floor WHERE pair = ? AND origin = ?",
      pair,
      origin,
    )?.sequence ?? -1
  );
}

/** Pads used of every secret of a pair, in the order in which the secrets came, and whether own ones are held back. */
export function pads(db: Database, pair: number): PadAnchor[] {
  const rows = db.all<{ fingerprint: Uint8Array; own: number; peer: number; held: number }>(
    `SELECT fingerprint, peer.next AS peer, own.next AS own, secret_seen.epoch = ? AS held FROM secret_seen
      JOIN auth_cursor AS own ON own.epoch = secret_seen.epoch AND own.direction = 'own'
      JOIN auth_cursor AS peer ON peer.epoch = secret_seen.epoch AND peer.direction = 'peer'
      WHERE secret_seen.pair = ? ORDER BY secret_seen.epoch`,
    pairRow(db, pair).pads_held_for,
    pair,
  );
  return rows.map(({ fingerprint, held, ...pad }) => ({
    ...pad,
    secret: secretName(fingerprint),
    held: held === 1,
  }));
}

/** How the anchor names a secret: the beginning of its keyed fingerprint. */
export function secretName(fingerprint: Uint8Array): string {
  return Buffer.from(fingerprint.subarray(0, 16)).toString("hex");
}
