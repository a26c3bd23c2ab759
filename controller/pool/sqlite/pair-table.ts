import { InternalError, KeyStoreError } from "../../../errors/index.ts";
import type { SiteRole } from "../key-pool.ts";
import type { Database } from "./database.ts";

/** Which pair of nodes a part of a store belongs to; written when the part is made, and the same ever after. */
export interface PairIdentity {
  readonly linkId: string;
  readonly site: SiteRole;
}

/** A row of the table `pair`. */
export interface PairRow {
  readonly id: number;
  readonly link_id: string;
  readonly site: SiteRole;
  readonly store_id: string;
  /** Number of its last opening. */
  readonly epoch: number;
  readonly anchor_version: number;
  /** Number of the secret whose own pads are held back; 0 for none. */
  readonly pads_held_for: number;
}

/**
 * The number of a pair that the store knows; null for one that it does not. QKD_KEYSTORE_CONFLICT where the store is that of
 * the pair's other end.
 */
export function pairNumber(db: Database, { linkId, site }: PairIdentity): number | null {
  const row = db.one<PairRow>("SELECT * FROM pair WHERE link_id = ?", linkId);
  if (row === undefined) return null;
  if (row.site !== site) throw anotherStore(db.path, { linkId, site });
  return row.id;
}

/** The refusal of a store that belongs to somebody else. */
export function anotherStore(path: string, { linkId, site }: PairIdentity): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_CONFLICT", `the key store ${path} belongs to another site or link`, {
    context: { path, site, linkId },
    remedy: "use the store that belongs to this site and link",
  });
}

/** Enters a pair, in the caller's transaction; its number. */
export function enterPair(
  db: Database,
  { linkId, site }: PairIdentity,
  { storeId, generation }: { readonly storeId: string; readonly generation: number },
): number {
  return db.run(
    "INSERT INTO pair (link_id, site, store_id, epoch, anchor_version, pads_held_for) VALUES (?, ?, ?, ?, 0, 0)",
    linkId,
    site,
    storeId,
    generation,
  ).lastId;
}

/** A pair by its number. */
export function pairRow(db: Database, pair: number): PairRow {
  const row = db.one<PairRow>("SELECT * FROM pair WHERE id = ?", pair);
  if (row === undefined) throw new InternalError("QKD_INTERNAL", "a pair is entered before it is used");
  return row;
}

export function setEpoch(db: Database, pair: number, epoch: number): void {
  db.run("UPDATE pair SET epoch = ? WHERE id = ?", epoch, pair);
}

export function setAnchorVersion(db: Database, pair: number, version: number): void {
  db.run("UPDATE pair SET anchor_version = ? WHERE id = ?", version, pair);
}

export function setPadsHeldFor(db: Database, pair: number, secret: number): void {
  db.run("UPDATE pair SET pads_held_for = ? WHERE id = ?", secret, pair);
}
