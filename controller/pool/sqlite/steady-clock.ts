import type { Database } from "./database.ts";

/** How far time runs before it is written down. */
const WRITTEN_EVERY_MS = 10_000;
const LAST_SEEN = "lastSeenMs";

/**
 * The time by which a store's blocks grow old: this site's clock, which never goes back, also over a restart. A clock that
 * was set back stands still until it has come to where it was.
 */
export class SteadyClock {
  readonly #db: Database;
  readonly #read: () => number;
  /** Null until the tables are read, which a fresh store does not have yet. */
  #lastMs: number | null = null;
  #writtenMs = 0;

  constructor(db: Database, read: () => number) {
    this.#db = db;
    this.#read = read;
  }

  readonly now = (): number => this.atLeast(this.#read());

  /** The later one of a time told and the latest one seen. */
  atLeast(toldMs: number): number {
    this.#lastMs = Math.max(this.#lastMs ?? this.#stored(), Math.round(toldMs));
    return this.#lastMs;
  }

  #stored(): number {
    const exists = this.#db.one("SELECT 1 FROM sqlite_schema WHERE name = 'meta'") !== undefined;
    if (!exists) return 0;
    const row = this.#db.one<{ value: number }>("SELECT value FROM meta WHERE name = ?", LAST_SEEN);
    this.#writtenMs = row?.value ?? 0;
    return this.#writtenMs;
  }

  /** Writes the latest time down, if it ran on by enough; inside a transaction. */
  save(): void {
    const nowMs = this.now();
    if (nowMs - this.#writtenMs < WRITTEN_EVERY_MS) return;
    this.#db.run(
      "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
      LAST_SEEN,
      nowMs,
    );
    this.#writtenMs = nowMs;
  }
}
