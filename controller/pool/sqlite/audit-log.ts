import { createHash } from "node:crypto";
import type { AuditHead } from "../anchor/anchor-record.ts";
import type { AtOnce } from "../at-once.ts";
import type { AuditEntry, PoolAudit } from "../key-pool.ts";
import type { Database } from "./database.ts";

type Calls = AtOnce<Pick<PoolAudit, "tail" | "verify">>;

interface AuditRow {
  readonly number: number;
  readonly at_ms: number;
  readonly event: string;
  readonly detail: string;
  readonly hash: Uint8Array;
}

/**
 * Append-only record of the store, each entry hashed together with its predecessor, written in the same transaction
 * as the change that it records. It holds ranges and names, never key material nor a hash of it.
 * Entries older than the newest `keepRows` are dropped from the old end; the hash at the cut stays.
 */
export class AuditLog {
  readonly #db: Database;
  readonly #keepRows: number;

  constructor(db: Database, keepRows: number) {
    this.#db = db;
    this.#keepRows = keepRows;
  }

  append(atMs: number, event: string, detail: AuditEntry["detail"]): void {
    const last = this.#last();
    const text = JSON.stringify(detail);
    const number = last.number + 1;
    const hash = chain(last.hash, number, atMs, event, text);
    this.#db.run("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", number, atMs, event, text, hash);
  }

  /** The newest entry; its hash stands for all entries before it. */
  head(): AuditHead {
    const { number, hash } = this.#last();
    return { number, hash: Buffer.from(hash).toString("hex") };
  }

  /** Hash of an entry, hex; null where the log does not hold it. */
  hashOf(number: number): string | null {
    const row = this.#db.one<AuditRow>("SELECT hash FROM audit WHERE number = ?", number);
    return row === undefined ? null : Buffer.from(row.hash).toString("hex");
  }

  readonly tail: Calls["tail"] = (count) => {
    const rows = this.#db.all<AuditRow>("SELECT * FROM audit ORDER BY number DESC LIMIT ?", count);
    return rows.map(entryOf);
  };

  readonly verify: Calls["verify"] = () => {
    let { number, hash } = this.#floor();
    let entries = 0;
    for (const row of this.#rows(number)) {
      const expected = chain(hash, number + 1, row.at_ms, row.event, row.detail);
      if (row.number !== number + 1 || !expected.equals(row.hash)) return { entries, brokenAt: row.number };
      ({ number, hash } = row);
      entries += 1;
    }
    return { entries, brokenAt: null };
  };

  /** Entries from a time on, of them the newest `most`, oldest first. */
  *entries(sinceMs: number, most: number): Generator<AuditEntry> {
    const first = this.#db.one<{ number: number | null }>(
      `SELECT min(number) AS number FROM
        (SELECT number FROM audit WHERE at_ms >= ? ORDER BY number DESC LIMIT ?)`,
      sinceMs,
      most,
    )?.number;
    if (typeof first === "number")
      for (const row of this.#rows(first - 1)) if (row.at_ms >= sinceMs) yield entryOf(row);
  }

  /** What stands behind an entry, read a thousand at a time. */
  *#rows(after: number): Generator<AuditRow> {
    for (;;) {
      const rows = this.#db.all<AuditRow>(
        "SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT 1000",
        after,
      );
      const last = rows.at(-1);
      if (last === undefined) return;
      yield* rows;
      after = last.number;
    }
  }

  /** Drops entries beyond the kept number, a batch at a time. */
  prune(): void {
    const cut = this.#last().number - this.#keepRows;
    if (cut - this.#floor().number < this.#keepRows / 10) return;
    this.#db.run(
      "UPDATE audit_floor SET number = ?1, hash = (SELECT hash FROM audit WHERE number = ?1) WHERE only = 1",
      cut,
    );
    this.#db.run("DELETE FROM audit WHERE number <= ?", cut);
  }

  #last(): { number: number; hash: Uint8Array } {
    return (
      this.#db.one<AuditRow>("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1") ?? this.#floor()
    );
  }

  #floor(): { number: number; hash: Uint8Array } {
    return (
      this.#db.one<AuditRow>("SELECT number, hash FROM audit_floor") ?? {
        number: 0,
        hash: new Uint8Array(32),
      }
    );
  }
}

function entryOf({ number, at_ms: atMs, event, detail }: AuditRow): AuditEntry {
  return { number, atMs, event, detail: factsOf(detail) };
}

/** Facts that somebody wrote who is not the store may be no JSON: the chain tells of them. */
function factsOf(text: string): AuditEntry["detail"] {
  try {
    return JSON.parse(text);
  } catch {
    return { unreadable: text };
  }
}

function chain(previous: Uint8Array, number: number, atMs: number, event: string, detail: string): Buffer {
  return createHash("sha256")
    .update(previous)
    .update(JSON.stringify([number, atMs, event, detail]))
    .digest();
}
