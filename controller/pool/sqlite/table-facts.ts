import { eachOrigin, NOWHERE, type PadAnchor, type Position, WHOLE_BLOCK } from "../anchor/anchor-record.ts";
import type { DatabaseFacts } from "../anchor/judge-opening.ts";
import type { OriginReach, Reach } from "../anchor/reach.ts";
import type { KeyOrigin } from "../key-pool.ts";
import type { AuditLog } from "./audit-log.ts";
import type { Database } from "./database.ts";
import { meta } from "./open-tables.ts";
import { ownMark } from "./own-marks.ts";

/** What the tables say of themselves; `recordNumber` is the entry of the audit log that the newest record names. */
export function tableFacts(db: Database, audit: AuditLog, recordNumber: number): DatabaseFacts {
  return {
    storeId: meta<string>(db, "storeId") ?? "",
    generation: meta<number>(db, "epoch") ?? 0,
    anchorVersion: meta<number>(db, "anchorVersion") ?? 0,
    audit: audit.head(),
    auditAtRecord: audit.hashOf(recordNumber),
    own: eachOrigin((origin) => ownFrontier(db, origin)),
    last: eachOrigin((origin) => lastSequence(db, origin)),
    pads: pads(db),
  };
}

/** How far the tables are used. */
export function tableReach(db: Database): Reach {
  const reach = (origin: KeyOrigin): OriginReach => ({
    own: ownFrontier(db, origin),
    fetched: fetchedFrontier(db, origin),
    released: releasedSequence(db, origin),
  });
  return { origins: eachOrigin(reach), pads: pads(db) };
}

function ownFrontier(db: Database, origin: KeyOrigin): Position {
  const row = db.one<Position>(
    `SELECT sequence, own_used AS offset FROM block WHERE origin = ? AND own_used > 0
      ORDER BY sequence DESC LIMIT 1`,
    origin,
  );
  const mark = ownMark(db, origin);
  const used = row ?? NOWHERE;
  const known =
    mark.sequence > used.sequence || (mark.sequence === used.sequence && mark.offset > used.offset);
  return known ? mark : used;
}

function fetchedFrontier(db: Database, origin: KeyOrigin): Position {
  const row = db.one<{ sequence: number; past: number | null }>(
    `SELECT sequence, (SELECT max(past) FROM used WHERE block = block.id AND first >= peer_first AND first < peer_past)
      AS past FROM block WHERE origin = ? AND peer_used > 0 ORDER BY sequence DESC LIMIT 1`,
    origin,
  );
  return row === undefined ? NOWHERE : { sequence: row.sequence, offset: row.past ?? WHOLE_BLOCK };
}

function releasedSequence(db: Database, origin: KeyOrigin): number {
  return (
    db.one<{ top: number }>(
      "SELECT coalesce(max(sequence), -1) AS top FROM block WHERE origin = ? AND state = 'available'",
      origin,
    )?.top ?? -1
  );
}

function lastSequence(db: Database, origin: KeyOrigin): number {
  const row = db.one<{ top: number }>(
    "SELECT coalesce(max(sequence), -1) AS top FROM block WHERE origin = ? AND state <> 'loading'",
    origin,
  );
  return Math.max(row?.top ?? -1, floorOf(db, origin));
}

function floorOf(db: Database, origin: KeyOrigin): number {
  return (
    db.one<{ sequence: number }>("SELECT sequence FROM origin_floor WHERE origin = ?", origin)?.sequence ?? -1
  );
}

/** Pads used of every secret, in the order in which the secrets came, and whether own ones are held back. */
export function pads(db: Database): PadAnchor[] {
  const rows = db.all<{ fingerprint: Uint8Array; own: number; peer: number; held: number }>(
    `SELECT fingerprint, peer.next AS peer, own.next AS own, secret_seen.epoch = ? AS held FROM secret_seen
      JOIN auth_cursor AS own ON own.epoch = secret_seen.epoch AND own.direction = 'own'
      JOIN auth_cursor AS peer ON peer.epoch = secret_seen.epoch AND peer.direction = 'peer'
      ORDER BY secret_seen.epoch`,
    meta<number>(db, "padsHeldFor") ?? 0,
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
