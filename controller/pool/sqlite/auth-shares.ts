import type { Database } from "./database.ts";

const OF_BLOCK = "waiting_for = ?2 AND epoch IN (SELECT epoch FROM secret_seen WHERE pair = ?1)";

/** A block of the pair became available: so does its share of authentication key. */
export function releaseShare(db: Database, pair: number, blockId: string): void {
  db.run(`UPDATE auth_segment SET waiting_for = NULL WHERE ${OF_BLOCK}`, pair, blockId);
}

/** A block of the pair was destroyed before it became available: so is its share. */
export function dropShare(db: Database, pair: number, blockId: string): void {
  db.run(`DELETE FROM auth_segment WHERE ${OF_BLOCK}`, pair, blockId);
}
