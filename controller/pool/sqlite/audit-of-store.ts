import { existsSync, rmSync } from "node:fs";
import { KeyStoreError } from "../../../errors/index.ts";
import { Anchor } from "../anchor/anchor.ts";
import type { AuditEntry, SiteRole } from "../key-pool.ts";
import { KEY_FILE_BYTES, readSecretFile } from "../secret-file.ts";
import { AuditLog } from "./audit-log.ts";
import { Database } from "./database.ts";
import { meta } from "./open-tables.ts";
import { pairNumber, pairRow } from "./pair-table.ts";
import { SCHEMA_VERSION } from "./schema.ts";

/** What is read of an audit log. */
export interface AuditQuery {
  /** Entries from this time on, milliseconds since 1970. */
  readonly sinceMs?: number;
  /** Of them the newest so many. */
  readonly most?: number;
  /** Whose store it is, with the key file that reads its anchor; without, the chain alone is verified. */
  readonly anchored?: { readonly keyFile: string; readonly linkId: string; readonly site: SiteRole };
}

/** How the verification ended. */
export interface AuditVerdict {
  /** Entries whose hash fits what they say and the entry before. */
  readonly entries: number;
  /** What does not fit, a sentence each; empty for a log that is whole. */
  readonly wrong: readonly string[];
  /** Whether the anchor was compared: without it nobody notices a log that was written anew as a whole. */
  readonly anchorCompared: boolean;
}

/** As `readAudit` says, at once. */
export function auditOf(path: string, query: AuditQuery, each: (entry: AuditEntry) => void): AuditVerdict {
  const { sinceMs = 0, most = Number.MAX_SAFE_INTEGER, anchored } = query;
  if (!existsSync(path)) throw unreadable(path, "is not there", "start the site once, or correct the path");
  const index = `${path}-shm`;
  const indexed = existsSync(index);
  const db = opened(path);
  try {
    const made = db.one("SELECT 1 FROM sqlite_schema WHERE name = 'meta'") !== undefined;
    if (!made || meta<number>(db, "version") !== SCHEMA_VERSION)
      throw unreadable(path, "is none that this version reads", "use the version of qkdlink that wrote it");
    const log = new AuditLog(db, Number.MAX_SAFE_INTEGER);
    for (const entry of log.entries(sinceMs, most)) each(entry);
    const { entries, brokenAt } = log.verify();
    const broken = brokenAt === null ? [] : [`entry ${brokenAt} does not fit the entry before it`];
    const foreign = anchored === undefined ? [] : anchorWrong(path, db, log, anchored);
    return { entries, wrong: [...broken, ...foreign], anchorCompared: anchored !== undefined };
  } finally {
    db.close();
    // Reading makes an index of the write-ahead log; sites, which hold the file alone, have none.
    if (!indexed) rmSync(index, { force: true });
  }
}

function opened(path: string): Database {
  try {
    return new Database(path, { readOnly: true });
  } catch (error) {
    if (!(error instanceof KeyStoreError) || error.code !== "QKD_KEYSTORE_LOCKED") throw error;
    throw new KeyStoreError(error.code, `a running site has locked the key store ${path}`, {
      context: { path },
      retryable: true,
      cause: error,
      remedy: "stop that site, read the audit log, and start it again",
    });
  }
}

function anchorWrong(
  path: string,
  db: Database,
  log: AuditLog,
  { keyFile, linkId, site }: NonNullable<AuditQuery["anchored"]>,
): string[] {
  const kek = readSecretFile(keyFile, KEY_FILE_BYTES);
  try {
    const record = Anchor.read({ path: `${path}.anchor`, kek: kek.reveal(), linkId, site });
    if (record === null) return ["the anchor holds no record of this key file, link and site"];
    const pair = pairNumber(db, { linkId, site });
    if (pair === null) return ["the store holds no keys of this link"];
    if (record.storeId !== pairRow(db, pair).store_id) return ["the anchor was written for another store"];
    const { number, hash } = record.audit;
    if (number === 0) return [];
    const head = log.head().number;
    if (head < number) return [`the log ends at entry ${head}, and the anchor knows entry ${number}`];
    const held = log.hashOf(number);
    return held === null || held === hash ? [] : [`entry ${number} is not the one that the anchor knows`];
  } finally {
    kek.wipe();
  }
}

function unreadable(path: string, what: string, remedy: string): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_UNREADABLE", `the key store ${path} ${what}`, {
    context: { path },
    remedy,
  });
}
