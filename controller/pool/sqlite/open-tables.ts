import { createHash } from "node:crypto";
import { KeyStoreError } from "../../../errors/index.ts";
import type { SiteRole } from "../key-pool.ts";
import { unwrapKey, wrapKey } from "../sealing.ts";
import type { Database } from "./database.ts";
import { SCHEMA, SCHEMA_VERSION } from "./schema.ts";

/** Whose store this is; written when the tables are made, and the same ever after. */
export interface StoreIdentity {
  readonly linkId: string;
  readonly site: SiteRole;
}

/** The name and number that a store begins with. */
export interface StoreBirth {
  readonly storeId: string;
  /** Number of the first opening. */
  readonly generation: number;
}

const BINDING = ["store", SCHEMA_VERSION] as const;

/**
 * Whether the database holds the tables of this store; false: it holds nothing. QKD_KEYSTORE_UNREADABLE for another
 * format or another key file, QKD_KEYSTORE_CONFLICT for the store of another site or link.
 */
export function checkTables(db: Database, wrappingKey: Uint8Array, { linkId, site }: StoreIdentity): boolean {
  if (db.one("SELECT 1 FROM sqlite_schema WHERE name = 'meta'") === undefined) return false;
  if (meta<number>(db, "version") !== SCHEMA_VERSION) {
    throw unreadable(
      "the key store has another format version",
      "move the store away: both sites begin anew",
    );
  }
  try {
    unwrapKey(wrappingKey, meta<Uint8Array>(db, "keyCheck") ?? new Uint8Array(0), BINDING);
  } catch {
    throw unreadable("the key file does not belong to this key store");
  }
  if (meta(db, "site") !== site || meta(db, "linkId") !== linkId) {
    throw new KeyStoreError("QKD_KEYSTORE_CONFLICT", "the key store belongs to another site or link", {
      context: { site, linkId },
      remedy: "use the store that belongs to this site and link",
    });
  }
  return true;
}

/** Makes the tables, in the caller's transaction. */
export function createTables(
  db: Database,
  wrappingKey: Uint8Array,
  { linkId, site }: StoreIdentity,
  { storeId, generation }: StoreBirth,
): void {
  db.exec(SCHEMA);
  const put = (name: string, value: string | number | Uint8Array) =>
    db.run("INSERT INTO meta VALUES (?, ?)", name, value);
  put("version", SCHEMA_VERSION);
  put("site", site);
  put("linkId", linkId);
  put("keyCheck", wrapKey(wrappingKey, createHash("sha256").update(linkId).digest(), BINDING));
  put("epoch", generation);
  put("storeId", storeId);
  put("anchorVersion", 0);
  put("padsHeldFor", 0);
  db.run("INSERT INTO audit_floor VALUES (1, 0, ?)", new Uint8Array(32));
}

/** A value of the store as a whole. */
export function meta<T>(db: Database, name: string): T | undefined {
  return db.one<{ value: T }>("SELECT value FROM meta WHERE name = ?", name)?.value;
}

/** Changes a value of the store as a whole. */
export function setMeta(db: Database, name: string, value: string | number): void {
  db.run("UPDATE meta SET value = ? WHERE name = ?", value, name);
}

function unreadable(sentence: string, remedy?: string): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_UNREADABLE", sentence, remedy === undefined ? {} : { remedy });
}
