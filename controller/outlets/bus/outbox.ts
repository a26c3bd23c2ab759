import { randomBytes } from "node:crypto";
import { Database } from "../../pool/sqlite/database.ts";

/** What is to be told to the bus. */
export interface BusMessage {
  readonly subject: string;
  /** JSON, without a key byte. */
  readonly body: string;
}

/** A message with its number, which no other message of this outbox has or will have. */
export interface NumberedMessage extends BusMessage {
  readonly number: number;
}

export const MOST_WAITING = 100_000;
const EPOCH_BYTES = 4;

/**
 * Messages that wait for the bus, on disk: they outlive the program, and an outage of the bus. Beyond `most` the oldest
 * go; `dropped` counts them. Every call may throw KeyStoreError naming the file.
 */
export class Outbox {
  readonly #db: Database;
  readonly #most: number;
  /** Names this outbox among all that ever were at a site: numbers begin anew with a new file. */
  readonly epoch: string;
  #waiting: number;
  #dropped = 0;

  constructor(path: string, most = MOST_WAITING) {
    this.#most = most;
    this.#db = new Database(path);
    try {
      this.#db.exec(`
        CREATE TABLE IF NOT EXISTS outbox (epoch TEXT NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS message (
          number INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, body TEXT NOT NULL
        ) STRICT;
      `);
      this.epoch = this.#db.transaction(() => {
        const known = this.#db.one<{ epoch: string }>("SELECT epoch FROM outbox");
        if (known !== undefined) return known.epoch;
        const epoch = randomBytes(EPOCH_BYTES).toString("hex");
        this.#db.run("INSERT INTO outbox (epoch) VALUES (?)", epoch);
        return epoch;
      });
      this.#waiting = this.#db.one<{ n: number }>("SELECT count(*) AS n FROM message")?.n ?? 0;
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** How many of the oldest were given up since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  add({ subject, body }: BusMessage): void {
    const dropped = this.#db.transaction(() => {
      this.#db.run("INSERT INTO message (subject, body) VALUES (?, ?)", subject, body);
      if (this.#waiting < this.#most) return 0;
      return this.#db.run("DELETE FROM message WHERE number = (SELECT min(number) FROM message)").changes;
    });
    this.#waiting += 1 - dropped;
    this.#dropped += dropped;
  }

  /** The oldest ones, in order. */
  first(count: number): NumberedMessage[] {
    return this.#db.all<NumberedMessage>(
      "SELECT number, subject, body FROM message ORDER BY number LIMIT ?",
      count,
    );
  }

  /** The bus has them. */
  settle(numbers: readonly number[]): void {
    if (numbers.length === 0) return;
    const gone = this.#db.transaction(() =>
      numbers.reduce(
        (sum, number) => sum + this.#db.run("DELETE FROM message WHERE number = ?", number).changes,
        0,
      ),
    );
    this.#waiting -= gone;
  }

  close(): void {
    this.#db.close();
  }
}
