import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { KeyStoreError } from "../../../errors/index.ts";
import { Database } from "./database.ts";
import { SqliteStore } from "./sqlite-store.ts";

const audience = { master: "a", slave: "b" };
let folder: string;
let path: string;

function makeFolder(): void {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
  path = join(folder, "alice.db");
}

function removeFolder(): void {
  rmSync(folder, { recursive: true });
}

function openStore(maxBytes?: number): SqliteStore {
  return new SqliteStore({
    path,
    site: "alice",
    linkId: "link",
    redeliveryMs: 10_000,
    capacityBits: 2 ** 30,
    auditRows: 200,
    kek: new Uint8Array(32).fill(9),
    linkSecret: new Uint8Array(32 + 2048).fill(3),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
}

function add(store: SqliteStore, sequence: number, bytes: number): string {
  const blockId = sequence.toString(16).padStart(32, "0");
  const key = new Uint8Array(bytes).fill(sequence);
  const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };
  const tail = new Uint8Array(64);
  const steps = store.adding({ blockId, sequence, origin: "qkd", key, tail, epsilon, createdAtMs: 1 });
  const release = { boundaryBytes: Math.floor(bytes / 64) * 32, tag: "ab".repeat(16) };
  for (const step of [...steps, () => store.pool.makeAvailable(blockId, release)]) {
    const [outcome] = store.transact([step]);
    if (outcome !== undefined && "error" in outcome) {
      store.transact([() => store.abandon(blockId)]);
      throw outcome.error;
    }
  }
  return blockId;
}

const takeFrom = (store: SqliteStore, count: number) =>
  store.pool.takeMany({ bits: 256, count, audience, origin: "qkd" });

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof KeyStoreError) return error.code;
    throw error;
  }
  return "done";
}

/** A row like one that is there, under a name of its own. */
const another = (id: number, change: string): string =>
  `CREATE TEMP TABLE other AS SELECT * FROM block WHERE id = ${id};
   UPDATE other SET block_id = '${"f".repeat(32)}', ${change}; INSERT INTO block SELECT * FROM other; DROP TABLE other`;

/** What the database refuses whatever the program asks for. */
const REFUSED: readonly (readonly [what: string, sql: string])[] = [
  ["a range that was delivered", "INSERT INTO used VALUES (1, 16, 48)"],
  ["a range that covers a delivered one", "INSERT INTO used VALUES (1, 0, 512)"],
  ["a range that begins in a delivered one", "INSERT INTO used VALUES (1, 32, 96)"],
  [
    "a range that grows into a delivered one",
    `INSERT INTO used VALUES (1, 512, 544); INSERT INTO used VALUES (1, 576, 608);
     UPDATE used SET past = 600 WHERE first = 512`,
  ],
  ["the same range again", "INSERT INTO used VALUES (1, 0, 64)"],
  ["the same range by replacement", "INSERT OR REPLACE INTO used VALUES (1, 0, 32)"],
  ["a range across the halves", "INSERT INTO used VALUES (1, 480, 544)"],
  ["a range beyond the block", "INSERT INTO used VALUES (1, 1000, 1040)"],
  ["a range before the block", "INSERT INTO used VALUES (1, -32, 0)"],
  ["a range of a pending block's own half", "INSERT INTO used VALUES (2, 0, 32)"],
  ["a range of a spent block", "INSERT INTO used VALUES (3, 0, 32)"],
  ["a shrinking range", "UPDATE used SET past = 32 WHERE block = 1"],
  ["a moving range", "UPDATE used SET first = 64, past = 128 WHERE block = 1"],
  ["forgetting a delivery", "DELETE FROM used WHERE block = 1"],
  ["a counter that goes back", "UPDATE block SET own_used = 0 WHERE id = 1"],
  ["a counter beyond its half", "UPDATE block SET own_used = 9999 WHERE id = 1"],
  ["a spent block's return", "UPDATE block SET state = 'available' WHERE id = 3"],
  ["an available block's return", "UPDATE block SET state = 'pending' WHERE id = 1"],
  ["a moved half", "UPDATE block SET own_past = 1024 WHERE id = 1"],
  ["a second split", "UPDATE block SET boundary = 480, own_past = 480, peer_first = 480 WHERE id = 1"],
  [
    "a split that gives away what was fetched",
    `${another(2, "id = 99, state = 'loading', proposed = 0, sequence = 99")};
     UPDATE block SET state = 'pending' WHERE id = 99; INSERT INTO used VALUES (99, 0, 32);
     UPDATE block SET state = 'available', tail = NULL, boundary = 512, release_tag = 'ab', own_first = 0,
       own_past = 512, peer_first = 512, peer_past = 1024 WHERE id = 99`,
  ],
  ["another release", "UPDATE block SET release_tag = 'cd' WHERE id = 1"],
  ["another notice", "UPDATE notice SET reason = 'lost'"],
  [
    "forgetting a release that the other site may not know",
    "INSERT INTO origin_floor VALUES (1, 'qkd', 9); DELETE FROM block WHERE id = 3",
  ],
  ["another name for a block", "UPDATE block SET block_id = 'ffffffffffffffffffffffffffffffff' WHERE id = 1"],
  ["a block that enters ready to serve", another(1, "id = 99, sequence = 99")],
  [
    "a block of a number that is forgotten",
    another(2, "id = 99, state = 'loading', origin = 'pqc', sequence = 5"),
  ],
  ["a floor that falls", "UPDATE origin_floor SET sequence = 4"],
  ["removing a block", "DELETE FROM block WHERE id = 1"],
  ["removing a tombstone early", "DELETE FROM block WHERE id = 4"],
  ["replacing a block", "INSERT OR REPLACE INTO block SELECT * FROM block WHERE id = 1"],
  ["a key for a spent block", "INSERT INTO block_vector VALUES (3, x'00')"],
  ["other keys for a block", "INSERT OR REPLACE INTO block_vector VALUES (1, x'00')"],
  ["an older root", "UPDATE key_root SET generation = generation - 1"],
  ["another root of the same generation", "UPDATE key_root SET vector = x'00'"],
  ["the root of another store", "UPDATE key_root SET generation = generation + 1, store = zeroblob(16)"],
  ["removing the root", "DELETE FROM key_root"],
  ["an authentication cursor that goes back", "UPDATE auth_cursor SET next = 0 WHERE direction = 'own'"],
  [
    "an authentication cursor that stands still",
    "UPDATE auth_cursor SET next = next WHERE direction = 'own'",
  ],
  ["removing an authentication cursor", "DELETE FROM auth_cursor"],
  ["another link for a pair", "UPDATE pair SET link_id = 'another'"],
  ["the other end for a pair", "UPDATE pair SET site = 'bob'"],
  ["removing a pair", "DELETE FROM pair"],
  ["a block for another pair", "UPDATE block SET pair = 2 WHERE id = 1"],
  ["forgetting a used secret", "DELETE FROM secret_seen WHERE epoch = 99"],
  [
    "another secret in the place of a used one",
    "UPDATE secret_seen SET fingerprint = x'01' WHERE epoch = 99",
  ],
  ["a mark of what may have been given that goes back", "UPDATE own_mark SET sequence = 4, past = 900"],
  ["a mark that goes back within its block", "UPDATE own_mark SET past = 32"],
  ["a mark of another origin", "UPDATE own_mark SET origin = 'qkd', sequence = 9"],
  ["removing a mark", "DELETE FROM own_mark"],
  ["changing a loss", "UPDATE loss SET past = 0"],
  ["a round of recovery before the last", "INSERT INTO auth_recovery VALUES (1, 2, 'begun', NULL)"],
  ["a round of recovery again", "INSERT INTO auth_recovery VALUES (1, 3, 'begun', NULL)"],
  ["pads of a round that has brought some", "UPDATE auth_recovery SET state = 'waiting'"],
  ["recovered pads in another place", "UPDATE auth_recovery SET place = 0"],
  ["forgetting a round of recovery", "DELETE FROM auth_recovery"],
  ["forgetting attempts", "UPDATE epsilon_total SET attempts = 0"],
  ["forgetting what was risked", "UPDATE epsilon_total SET secrecy = 0"],
  ["forgetting what tags risked", "UPDATE epsilon_total SET authentication = 0"],
  ["beginning a sum anew", "DELETE FROM epsilon_total"],
  ["another class of a block", "UPDATE block SET computational = 1 WHERE id = 1"],
  ["changing the audit log", "UPDATE audit SET detail = '{}'"],
  ["shortening the audit log", "DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)"],
  [
    "an audit log that begins earlier again",
    "INSERT OR IGNORE INTO audit_floor VALUES (1, 5, x'00'); UPDATE audit_floor SET number = number - 1",
  ],
  [
    "replacing an audit entry",
    "INSERT OR REPLACE INTO audit SELECT number, 0, 'x', '{}', hash FROM audit LIMIT 1",
  ],
];

describe("the database itself", () => {
  let db: Database;

  /** One block available with two keys taken, one pending, two spent, the last one's release heard; one authentication range used. */
  beforeAll(() => {
    makeFolder();
    const store = openStore();
    add(store, 1, 1024);
    const facts = { blockId: "ab".repeat(16), sequence: 2, origin: "qkd" as const, createdAtMs: 1 };
    const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };
    store.transact(store.adding({ ...facts, key: new Uint8Array(1024), tail: new Uint8Array(64), epsilon }));
    const spent = add(store, 3, 1024);
    const heard = add(store, 4, 1024);
    store.transact([
      () => store.pool.discard(spent),
      () => store.pool.lose("00".repeat(16), "damaged"),
      () => store.pool.discard(heard),
      () => store.pool.releasesHeard([heard]),
    ]);
    store.transact<unknown>([() => takeFrom(store, 2), () => store.auth.reserve(16)]);
    const cost = { epsilon: { secrecy: 1e-9, correctness: 1e-9, authentication: 1e-9 }, padsSpent: true };
    const round = { number: 3, place: 2 ** 14 };
    store.transact<unknown>([
      () => store.ledger.charge(cost),
      () => store.auth.beginRecovery({ exactly: 3 }),
      () => store.auth.keepRecovery(round, new Uint8Array(64), false),
    ]);
    store.close();
    db = new Database(path);
    db.exec("INSERT INTO origin_floor VALUES (1, 'pqc', 5); INSERT INTO secret_seen VALUES (99, 1, x'00')");
    db.exec(`INSERT INTO own_mark VALUES (1, 'pqc', 5, 64);
      INSERT INTO loss VALUES (1, 1, 0, 1, 'ownBurnt', 'pqc', 5, 5, NULL, 0, 64)`);
    expect(db.all("SELECT state FROM block ORDER BY id")).toMatchObject([
      { state: "available" },
      { state: "pending" },
      { state: "spent" },
      { state: "spent" },
    ]);
  });

  afterAll(() => {
    db.close();
    removeFolder();
  });

  it.each(REFUSED)("refuses %s", (_name, sql) => {
    expect(codeOf(() => db.transaction(() => db.exec(sql)))).toBe("QKD_KEYSTORE_CONFLICT");
    expect(db.all("SELECT first, past FROM used")).toMatchObject([{ first: 0, past: 64 }]);
  });

  it("has no rule without which nothing of this would be accepted", () => {
    const rules = db.all<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE%'",
    );
    const idle = rules.filter(
      ({ name }) => !REFUSED.some(([, sql]) => isTaken(`DROP TRIGGER ${name}; ${sql}`)),
    );
    expect([rules.length > 20, idle]).toEqual([true, []]);
  });

  /** Whether the database would do so; it is as before afterwards. */
  function isTaken(sql: string): boolean {
    const undone = new Error("undone");
    try {
      db.transaction(() => {
        db.exec(sql);
        throw undone;
      });
    } catch (error) {
      return error === undone;
    }
    return false;
  }
});

describe("a store on bad ground", () => {
  beforeEach(makeFolder);
  afterEach(removeFolder);

  it("refuses a file that is no database, a cut one, and a folder that is missing", () => {
    writeFileSync(path, "this is not a database, but long enough to be read as one".repeat(40));
    expect(codeOf(() => openStore())).toBe("QKD_KEYSTORE_UNREADABLE");
    rmSync(path);
    const store = openStore();
    add(store, 1, 300_000);
    store.close();
    truncateSync(path, 65_536);
    expect(codeOf(() => openStore())).toBe("QKD_KEYSTORE_UNREADABLE");
    path = join(folder, "missing", "alice.db");
    expect(codeOf(() => openStore())).toBe("QKD_KEYSTORE_UNREADABLE");
  });

  it("sets a damaged block aside and serves the next", () => {
    let store = openStore();
    const first = add(store, 1, 1024);
    add(store, 2, 1024);
    store.close();
    const db = new Database(path);
    db.transaction(() => db.run("UPDATE segment SET sealed = zeroblob(length(sealed)) WHERE id < 2 * 16384"));
    db.close();
    store = openStore();
    const take = () => store.transact([() => takeFrom(store, 1)])[0];
    const [bad, neighbour] = store.transact<unknown>([
      () => takeFrom(store, 1),
      () => store.pool.highestSequence("qkd"),
    ]);
    expect(bad).toMatchObject({ error: { code: "QKD_KEYSTORE_UNREADABLE", retryable: true } });
    expect(neighbour).toEqual({ value: 2 });
    expect(store.pool.blockState(first)).toBe("spent");
    expect(store.pool.notices(9)).toMatchObject([{ blockId: first, reason: "damaged" }]);
    expect(store.audit.losses(9)).toMatchObject([{ kind: "blockUnreadable", blockId: first, sequence: 1 }]);
    const next = take();
    expect(next !== undefined && "value" in next ? next.value[0]?.key : null).toEqual(
      new Uint8Array(32).fill(2),
    );
    store.close();
  });

  it("says when it is full, hands out nothing half, and goes on once there is room", () => {
    const store = openStore(5 * 2 ** 20);
    let blocks = 0;
    const fillUp = (): string => {
      for (;;) {
        const code = codeOf(() => add(store, blocks + 1, 400_000));
        if (code !== "done") return code;
        blocks += 1;
      }
    };
    expect(fillUp()).toBe("QKD_KEYSTORE_FULL");
    expect(blocks).toBeGreaterThan(2);
    expect(store.pool.pending()).toEqual([]);
    expect(store.pool.status("qkd").blocks).toBe(blocks);
    const taken = store.transact([() => takeFrom(store, 100)])[0];
    // Keys that are there may be taken while a few pages are left; a refusal must be typed and whole.
    if (taken !== undefined && "error" in taken)
      expect(taken.error).toMatchObject({ code: "QKD_KEYSTORE_FULL" });
    store.transact([() => store.pool.discard((1).toString(16).padStart(32, "0"))]);
    while (store.sweep());
    expect(codeOf(() => add(store, blocks + 1, 300_000))).toBe("done");
    expect(store.audit.verify().brokenAt).toBeNull();
    store.close();
  });
});

describe("the audit log", () => {
  beforeEach(makeFolder);
  afterEach(removeFolder);

  it("names the first entry that was forged", () => {
    let store = openStore();
    for (let sequence = 1; sequence <= 5; sequence += 1) add(store, sequence, 64);
    expect(store.audit.verify()).toEqual({ entries: 12, brokenAt: null });
    store.close();
    const db = new Database(path);
    db.exec("DROP TRIGGER audit_fixed");
    db.transaction(() => db.run("UPDATE audit SET at_ms = at_ms + 1 WHERE number = 7"));
    db.close();
    store = openStore();
    expect(store.audit.verify().brokenAt).toBe(7);
    store.close();
  });

  it("drops old entries and stays verifiable", () => {
    const store = openStore();
    for (let round = 0; round < 5; round += 1) {
      store.transact(Array.from({ length: 120 }, (_, step) => () => addTiny(store, round * 120 + step)));
    }
    while (store.sweep());
    store.sweep();
    const { entries, brokenAt } = store.audit.verify();
    expect(brokenAt).toBeNull();
    expect(entries).toBeLessThan(240);
    store.close();
  });
});

/** Adds a tiny block inside the caller's transaction. */
function addTiny(store: SqliteStore, sequence: number): void {
  const blockId = (sequence + 16).toString(16).padStart(32, "0");
  const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };
  const key = new Uint8Array(32);
  const tail = new Uint8Array(64);
  const steps = store.adding({ blockId, sequence, origin: "qkd", key, tail, epsilon, createdAtMs: 1 });
  for (const step of steps) step();
}
