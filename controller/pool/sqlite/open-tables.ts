import { createHash } from "node:crypto";
import { KeyStoreError } from "../../../errors/index.ts";
import { unwrapKey, wrapKey } from "../sealing.ts";
import type { Database } from "./database.ts";
import { LEDGER_SCHEMA } from "./ledger-schema.ts";
import { KEY_CHECK_VERSION, SINGLE_PAIR_VERSION, toManyPairs } from "./migrate-single-pair.ts";
import { SCHEMA, SCHEMA_VERSION } from "./schema.ts";

const BINDING = ["store", KEY_CHECK_VERSION] as const;

/**
 * Whether the database holds the tables of a store under this key; false: it holds nothing. A store of one pair, as the
 * version before wrote it, becomes one of many pairs. `keyFile` is the file of the key, to be named. QKD_KEYSTORE_UNREADABLE for another format or another key file.
 */
export function checkTables(db: Database, wrappingKey: Uint8Array, keyFile?: string): boolean {
  if (db.one("SELECT 1 FROM sqlite_schema WHERE name = 'meta'") === undefined) return false;
  const version = meta<number>(db, "version");
  if (version !== SCHEMA_VERSION && version !== SINGLE_PAIR_VERSION) {
    throw new KeyStoreError(
      "QKD_KEYSTORE_UNREADABLE",
      `the key store ${db.path} has another format version`,
      { context: { path: db.path }, remedy: "move the store away: both sites begin anew" },
    );
  }
  try {
    unwrapKey(wrappingKey, meta<Uint8Array>(db, "keyCheck") ?? new Uint8Array(0), BINDING);
  } catch {
    const file = keyFile === undefined ? "the key file" : `the key file ${keyFile}`;
    throw new KeyStoreError(
      "QKD_KEYSTORE_UNREADABLE",
      `${file} does not belong to the key store ${db.path}`,
      { context: { path: keyFile ?? db.path } },
    );
  }
  if (version === SINGLE_PAIR_VERSION) toManyPairs(db);
  return true;
}

/** Makes the tables of a store that begins with that link, in the caller's transaction. */
export function createTables(db: Database, wrappingKey: Uint8Array, linkId: string): void {
  db.exec(SCHEMA);
  db.exec(LEDGER_SCHEMA);
  const put = (name: string, value: string | number | Uint8Array) =>
    db.run("INSERT INTO meta VALUES (?, ?)", name, value);
  put("version", SCHEMA_VERSION);
  put("name", linkId);
  put("keyCheck", wrapKey(wrappingKey, createHash("sha256").update(linkId).digest(), BINDING));
  db.run("INSERT INTO audit_floor VALUES (1, 0, ?)", new Uint8Array(32));
}

/** A value of the store as a whole. */
export function meta<T>(db: Database, name: string): T | undefined {
  return db.one<{ value: T }>("SELECT value FROM meta WHERE name = ?", name)?.value;
}
