import { closeSync, openSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { KeyStoreError } from "../../../errors/index.ts";

/** How to open the database file. */
export interface DatabaseOptions {
  /** Upper bound of the file in bytes; writes beyond it fail with QKD_KEYSTORE_FULL. */
  readonly maxBytes?: number;
  /** Read what is there and change nothing; refused, too, while another program has the file open. */
  readonly readOnly?: boolean;
}

const PAGE_BYTES = 8192;
const LOCK_WAIT_MS = 500;
/** Small checkpoints keep single commits short. */
const CHECKPOINT_PAGES = 256;

/**
 * The one door to SQLite: a durable, exclusively locked database. Every commit is on disk before the call returns
 * (write-ahead log, synchronous FULL), deleted pages are overwritten, and a second process is refused.
 * All errors are KeyStoreError.
 */
export class Database {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** The file, as it was named; errors tell it. */
  get path(): string {
    return this.#path;
  }

  /** Opens or creates the file and takes the exclusive lock. */
  constructor(path: string, options: DatabaseOptions = {}) {
    const { readOnly = false } = options;
    this.#path = path;
    if (!readOnly) ownerOnly(path);
    this.#db = this.#guarded(
      () => new DatabaseSync(path, { timeout: LOCK_WAIT_MS, defensive: true, readOnly }),
    );
    try {
      if (readOnly) this.one("SELECT count(*) AS n FROM sqlite_schema");
      else this.#configure(options);
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  #configure(options: DatabaseOptions): void {
    // EXCLUSIVE before WAL: the lock is then held from the first access until close, without a shared-memory file.
    this.exec(`
      PRAGMA page_size=${PAGE_BYTES};
      PRAGMA locking_mode=EXCLUSIVE;
      PRAGMA journal_mode=WAL;
      PRAGMA synchronous=FULL;
      PRAGMA secure_delete=ON;
      PRAGMA foreign_keys=ON;
      PRAGMA recursive_triggers=ON;
      PRAGMA trusted_schema=OFF;
      PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES};
      PRAGMA cell_size_check=ON;
    `);
    this.transaction(() => this.one("SELECT count(*) AS n FROM sqlite_schema"));
    this.limit(options.maxBytes);
    const check = this.one<{ quick_check: string }>("PRAGMA quick_check(1)");
    if (check?.quick_check !== "ok") {
      throw new KeyStoreError("QKD_KEYSTORE_UNREADABLE", `the key store ${this.#path} is damaged`, {
        context: { path: this.#path },
      });
    }
  }

  /** Limits the file to about `maxBytes`, or lifts the limit. */
  limit(maxBytes?: number): void {
    if (maxBytes !== undefined) this.exec(`PRAGMA max_page_count=${Math.ceil(maxBytes / PAGE_BYTES)}`);
  }

  /** Runs statements that return nothing. */
  exec(sql: string): void {
    this.#guarded(() => this.#db.exec(sql));
  }

  /** First row of a query, or undefined. */
  one<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#guarded(() => this.#prepare(sql).get(...values)) as Row | undefined;
  }

  /** All rows of a query. */
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#guarded(() => this.#prepare(sql).all(...values)) as Row[];
  }

  /** Changes rows; returns how many, and the row id of the last insertion. */
  run(sql: string, ...values: SQLInputValue[]): { changes: number; lastId: number } {
    const result = this.#guarded(() => this.#prepare(sql).run(...values));
    return { changes: Number(result.changes), lastId: Number(result.lastInsertRowid) };
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** True between begin and commit; some failures end the transaction by themselves. */
  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  /** All of `work` durable, or nothing of it. `finish` commits at the moment of its choice. */
  transaction<T>(work: () => T, finish: (commit: () => void) => void = (commit) => commit()): T {
    this.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      finish(() => this.exec("COMMIT"));
      return result;
    } catch (error) {
      if (this.inTransaction) this.exec("ROLLBACK");
      throw error;
    }
  }

  /** All of `work` or nothing of it, within a transaction whose other work stays. */
  savepoint<T>(work: () => T): T {
    this.exec("SAVEPOINT step");
    try {
      const result = work();
      this.exec("RELEASE step");
      return result;
    } catch (error) {
      if (this.inTransaction) this.exec("ROLLBACK TO step; RELEASE step");
      throw error;
    }
  }

  /** Bytes that the file may still grow by, pages that it holds free included. */
  freeBytes(): number {
    const pragma = (name: string) =>
      Object.values(this.one<Record<string, number>>(`PRAGMA ${name}`) ?? {})[0] ?? 0;
    const inside = pragma("freelist_count") * PAGE_BYTES;
    const allowed = (pragma("max_page_count") - pragma("page_count")) * PAGE_BYTES;
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    return inside + Math.min(allowed, bavail * bsize);
  }

  /**
   * Moves the write-ahead log into the file and empties it: without the log, too, nothing older comes back. It is done
   * when this returns, because nobody else can hold the log.
   */
  truncateLog(): void {
    this.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  close(): void {
    this.#statements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw normalizeSqliteError(this.#path, error);
    }
  }
}

type Sentence = readonly [KeyStoreError["code"], (store: string) => string, boolean];

const IN_USE: Sentence = ["QKD_KEYSTORE_LOCKED", (store) => `${store} is in use by another program`, true];
const UNREADABLE: Sentence = [
  "QKD_KEYSTORE_UNREADABLE",
  (store) => `${store} cannot be read or written`,
  false,
];
const SENTENCES: Readonly<Record<number, Sentence>> = {
  5: IN_USE,
  6: IN_USE,
  13: ["QKD_KEYSTORE_FULL", (store) => `no space is left for ${store}`, true],
  19: ["QKD_KEYSTORE_CONFLICT", (store) => `${store} refused a change that would break its rules`, false],
};

/** Translates an error of SQLite: result code 5, 6 busy; 13 full; 19 constraint; all others unreadable. */
function normalizeSqliteError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("errcode" in error)) return error;
  const result = Number(error.errcode);
  const [code, sentence, retryable] = SENTENCES[result & 0xff] ?? UNREADABLE;
  return new KeyStoreError(code, sentence(`the key store ${path}`), {
    retryable,
    context: { path, sqlite: error.message, result },
    cause: error,
  });
}

/** Makes a file that only its owner may read, where there is none; the log takes its mode. What goes wrong SQLite tells. */
function ownerOnly(path: string): void {
  try {
    closeSync(openSync(path, "ax", 0o600));
  } catch {}
}
