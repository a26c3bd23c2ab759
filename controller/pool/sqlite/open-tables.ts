import { createHash } from "node:crypto";
import { KeyStoreError } from "../../../errors/index.ts";
import type { SiteRole } from "../key-pool.ts";
import { unwrapKey, wrapKey } from "../sealing.ts";
import type { Database } from "./database.ts";
import { LEDGER_SCHEMA } from "./ledger-schema.ts";
import { SCHEMA, SCHEMA_VERSION } from "./schema.ts";

/** Whose store this is; written when the tables are made, and the same ever after. */
export interface StoreIdentity {
  readonly linkId: string;
  readonly site: SiteRole;
}

/**
 * Creates or checks the tables; returns the number of this opening. QKD_KEYSTORE_UNREADABLE for another format or
 * another key file, QKD_KEYSTORE_CONFLICT for the store of another site or link.
 */
export function openTables(db: Database, wrappingKey: Uint8Array, identity: StoreIdentity): number {
  const { linkId, site } = identity;
  const exists = db.one("SELECT 1 FROM sqlite_schema WHERE name = 'meta'") !== undefined;
  const binding = ["store", SCHEMA_VERSION];
  if (!exists) {
    db.exec(SCHEMA);
    db.exec(LEDGER_SCHEMA);
    const put = (name: string, value: string | number | Uint8Array) =>
      db.run("INSERT INTO meta VALUES (?, ?)", name, value);
    put("version", SCHEMA_VERSION);
    put("site", site);
    put("linkId", linkId);
    put("keyCheck", wrapKey(wrappingKey, createHash("sha256").update(linkId).digest(), binding));
    put("epoch", 1);
    db.run("INSERT INTO audit_floor VALUES (1, 0, ?)", new Uint8Array(32));
    return 1;
  }
  const get = <T>(name: string) => db.one<{ value: T }>("SELECT value FROM meta WHERE name = ?", name)?.value;
  if (get<number>("version") !== SCHEMA_VERSION) throw unreadable("the key store has another format version");
  try {
    unwrapKey(wrappingKey, get<Uint8Array>("keyCheck") ?? new Uint8Array(0), binding);
  } catch {
    throw unreadable("the key file does not belong to this key store");
  }
  if (get("site") !== site || get("linkId") !== linkId) {
    throw new KeyStoreError("QKD_KEYSTORE_CONFLICT", "the key store belongs to another site or link", {
      context: { site, linkId },
      remedy: "use the store that belongs to this site and link",
    });
  }
  const epoch = (get<number>("epoch") ?? 0) + 1;
  db.run("UPDATE meta SET value = ? WHERE name = 'epoch'", epoch);
  return epoch;
}

function unreadable(sentence: string): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_UNREADABLE", sentence);
}
