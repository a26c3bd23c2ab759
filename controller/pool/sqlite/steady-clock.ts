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
  #lastMs: number;
  #writtenMs: number;

  constructor(db: Database, read: () => number) {
    this.#db = db;
    this.#read = read;
    const row = db.one<{ value: number }>("SELECT value FROM meta WHERE name = ?", LAST_SEEN);
    this.#lastMs = row?.value ?? 0;
    this.#writtenMs = this.#lastMs;
  }

  readonly now = (): number => this.atLeast(this.#read());

  /** The later one of a time told and the latest one seen. */
  atLeast(toldMs: number): number {
    this.#lastMs = Math.max(this.#lastMs, Math.round(toldMs));
    return this.#lastMs;
  }

  /** Writes the latest time down, if it ran on by enough; inside a transaction. */
  save(): void {
    this.now();
    if (this.#lastMs - this.#writtenMs < WRITTEN_EVERY_MS) return;
    this.#db.run(
      "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
      LAST_SEEN,
      this.#lastMs,
    );
    this.#writtenMs = this.#lastMs;
  }
}
