import type { Database } from "./database.ts";
import { LEDGER_SCHEMA } from "./ledger-schema.ts";
import { enterPair, setAnchorVersion, setPadsHeldFor } from "./pair-table.ts";
import { SCHEMA, SCHEMA_VERSION } from "./schema.ts";

/** Version of the tables that knew one pair alone. */
export const SINGLE_PAIR_VERSION = 3;
/** What the check of the key file is bound to, in stores of this version and the one before. */
export const KEY_CHECK_VERSION = 3;

/** Tables whose rows belong to a pair; in a store of one pair they say so nowhere. */
const OF_A_PAIR = ["block", "origin_floor", "notice", "secret_seen", "own_mark", "loss"] as const;
/** What was of the store as a whole, and is of its pair. */
const MOVED = ["linkId", "site", "epoch", "storeId", "anchorVersion", "padsHeldFor"];

/**
 * Makes a store of one pair a store of many, in one transaction; nothing sealed changes. The rules of the tables are dropped
 * and made anew around the copy, since they forbid what copying does.
 */
export function toManyPairs(db: Database): void {
  // Tables that refer to the copied ones keep their rows; within a transaction neither setting could be changed.
  db.exec("PRAGMA foreign_keys=OFF; PRAGMA legacy_alter_table=ON;");
  try {
    db.transaction(() => copy(db));
  } finally {
    db.exec("PRAGMA legacy_alter_table=OFF; PRAGMA foreign_keys=ON;");
  }
}

function copy(db: Database): void {
  const { tables, indexes, rules } = parts(SCHEMA + LEDGER_SCHEMA);
  for (const { name } of db.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'trigger'"))
    db.exec(`DROP TRIGGER ${name}`);
  const create = (name: string): void => db.exec(tables.get(name) ?? "");
  create("pair");
  const pair = firstPair(db);
  for (const name of OF_A_PAIR) {
    db.exec(`ALTER TABLE ${name} RENAME TO single_${name}`);
    create(name);
    const columns = db
      .all<{ name: string }>(`PRAGMA table_info(single_${name})`)
      .map((column) => column.name);
    db.run(
      `INSERT INTO ${name} (pair, ${columns.join(", ")}) SELECT ?, ${columns.join(", ")} FROM single_${name}`,
      pair,
    );
    // Numbers of rows that are gone are not given again.
    db.run(
      `UPDATE sqlite_sequence SET seq = max(seq, coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0))
        WHERE name = ?`,
      `single_${name}`,
      name,
    );
    db.exec(`DROP TABLE single_${name}`);
  }
  for (const statement of [...indexes, ...rules]) db.exec(statement);
  db.run("UPDATE meta SET value = ? WHERE name = 'version'", SCHEMA_VERSION);
}

/** The only pair of the store, by what the store said of itself. */
function firstPair(db: Database): number {
  const said = <T>(name: string) =>
    db.one<{ value: T }>("SELECT value FROM meta WHERE name = ?", name)?.value as T;
  const identity = { linkId: said<string>("linkId"), site: said<"alice" | "bob">("site") };
  const birth = { storeId: said<string>("storeId"), generation: said<number>("epoch") };
  const pair = enterPair(db, identity, birth);
  setAnchorVersion(db, pair, said<number>("anchorVersion"));
  setPadsHeldFor(db, pair, said<number>("padsHeldFor"));
  db.run("INSERT INTO meta VALUES ('name', ?)", identity.linkId);
  for (const name of MOVED) db.run("DELETE FROM meta WHERE name = ?", name);
  return pair;
}

/** The statements of a schema: its tables by name, the indexes, and the rules. */
function parts(schema: string) {
  const tables = new Map(
    [...schema.matchAll(/CREATE TABLE (\w+) [\s\S]*?\) STRICT(?:, WITHOUT ROWID)?;/g)].map(
      ([statement, name = ""]) => [name, statement] as const,
    ),
  );
  const indexes = [...schema.matchAll(/CREATE INDEX (\w+) ON block [^;]*;/g)].map(([statement]) => statement);
  const rules = [...schema.matchAll(/CREATE TRIGGER [\s\S]*?END;/g)].map(([statement]) => statement);
  return { tables, indexes, rules };
}
