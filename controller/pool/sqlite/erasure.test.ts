import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { segmentRow } from "../deletion/segments.ts";
import { CommittedStore } from "./committed-store.ts";
import { Database } from "./database.ts";
import { SqliteStore, type SqliteStoreSettings } from "./sqlite-store.ts";

const audience = { master: "a", slave: "b" };
const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };
const block = (sequence: number, key: Uint8Array) => {
  const blockId = sequence.toString(16).padStart(32, "0");
  return { blockId, sequence, origin: "qkd" as const, key, epsilon, createdAtMs: 1 };
};

describe.each(["alice", "bob"] as const)("erasing at %s", (site) => {
  let folder: string;
  let settings: SqliteStoreSettings;
  let store: SqliteStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
    settings = {
      path: join(folder, "keys.db"),
      kek: new Uint8Array(32).fill(1),
      linkSecret: new Uint8Array(32 + 2048).fill(2),
      linkId: "link",
      site,
      capacityBits: 2 ** 30,
      redeliveryMs: 0,
      auditRows: 1000,
    };
    store = new SqliteStore(settings);
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  function act<T>(work: () => T): T {
    const [outcome] = store.transact([work]);
    if (outcome === undefined || "error" in outcome) throw outcome?.error;
    return outcome.value;
  }
  const add = (sequence: number, bytes: number) => {
    const fresh = block(sequence, new Uint8Array(randomBytes(bytes)));
    for (const step of store.adding(fresh)) act(step);
    store.entered(fresh.blockId);
    act(() => store.pool.makeAvailable(fresh.blockId));
    return fresh;
  };
  const take = (bytes: number, count = 1) =>
    act(() => store.pool.takeMany({ bits: 8 * bytes, count, audience, origin: "qkd" }));
  const inDatabase = <T>(work: (db: Database) => T): T => {
    store.close();
    const db = new Database(settings.path);
    try {
      return db.transaction(() => work(db));
    } finally {
      db.close();
      store = new SqliteStore(settings);
    }
  };
  const segments = () => inDatabase((db) => db.one<{ n: number }>("SELECT count(*) AS n FROM segment")?.n);
  const events = () => store.audit.tail(99).map(({ event }) => event);
  const ownFirst = (bytes: number) => (site === "alice" ? 0 : Math.floor(bytes / 64) * 32);

  it("does a bounded piece of work at a time, until all is done", () => {
    const bytes = 400 * 4032;
    add(1, bytes);
    take(8064, 99);
    let sweeps = 0;
    const generations = new Set<string>();
    do {
      sweeps += 1;
      generations.add(readFileSync(join(folder, "keys.root")).toString("hex", 24, 32));
    } while (store.sweep());
    expect(sweeps).toBe(2);
    expect(generations.size).toBe(2);
    expect(segments()).toBe(400 - 198);
    expect(inDatabase((db) => db.all("SELECT * FROM due"))).toEqual([]);
    take(8064);
    while (store.sweep());
    expect(segments()).toBe(200);
  });

  it("does many small deliveries in pieces, too", () => {
    const bytes = 80 * 4032;
    add(1, bytes);
    // Every other key of both halves, so that each segment is sealed anew.
    inDatabase((db) => {
      for (let first = 0; first < bytes; first += 64)
        db.run("INSERT INTO used VALUES (1, ?, ?)", first, first + 32);
    });
    let sweeps = 1;
    while (store.sweep()) sweeps += 1;
    expect(sweeps).toBeGreaterThan(4);
    expect(inDatabase((db) => db.all("SELECT * FROM due"))).toEqual([]);
    expect(segments()).toBe(80);
  });

  it("sets a block aside of which a segment is damaged, and drops that segment", () => {
    const bytes = 20 * 4032;
    const { blockId } = add(1, bytes);
    const second = add(2, 64);
    take(32);
    const number = Math.floor(ownFirst(bytes) / 4032);
    inDatabase((db) =>
      db.run("UPDATE segment SET sealed = zeroblob(length(sealed)) WHERE id = ?", segmentRow(1, number)),
    );
    while (store.sweep());
    expect(events()).toContain("blockQuarantined");
    expect(store.pool.blockState(blockId)).toBe("spent");
    expect(segments()).toBe(20);
    expect(Buffer.from(second.key).includes(Buffer.from(take(32)[0]?.key ?? []))).toBe(true);
  });

  it("destroys a block whose list of keys is damaged, and goes on with the others", () => {
    const { blockId } = add(1, 4032);
    take(32);
    add(2, 64);
    inDatabase((db) => db.run("UPDATE block_vector SET sealed = zeroblob(length(sealed)) WHERE block = 1"));
    store.sweep();
    while (store.sweep());
    expect(events()).toContain("blockLost");
    expect(store.pool.blockState(blockId)).toBe("spent");
    expect(inDatabase((db) => db.all("SELECT * FROM due"))).toEqual([]);
    expect(segments()).toBe(1);
  });

  it("takes blocks that were destroyed before a crash out of the root", () => {
    const { blockId } = add(1, 4032);
    const generation = () => readFileSync(join(folder, "keys.root")).readBigUInt64BE(24);
    act(() => store.pool.discard(blockId));
    const before = generation();
    store.close();
    store = new SqliteStore(settings);
    expect(generation()).toBe(before);
    store.sweep();
    const after = generation();
    expect(after).toBeGreaterThan(before);
    store.sweep();
    expect(generation()).toBe(after);
  });

  it("leaves no segment of an addition that was given up", () => {
    const { blockId } = add(1, 64);
    const given = block(2, new Uint8Array(randomBytes(200 * 4032)));
    act(store.adding(given)[0] ?? (() => undefined));
    act(() => store.abandon(given.blockId));
    expect(segments()).toBe(1);
    expect(store.pool.blockState(blockId)).toBe("available");
  });

  it("is done as far as it can be before the store closes", async () => {
    store.close();
    const committed = new CommittedStore(settings, 1_000_000);
    const call = (name: string, ...args: unknown[]) => committed.carry({ part: "pool", name, args });
    const fresh = block(1, new Uint8Array(randomBytes(3 * 4032)));
    await call("addPending", fresh);
    await call("makeAvailable", fresh.blockId);
    await call("takeMany", { bits: 256, count: 1, audience, origin: "qkd" });
    await call("close");
    store = new SqliteStore(settings);
    expect(inDatabase((db) => db.all("SELECT * FROM due"))).toEqual([]);
  });

  it("holds no root once the store is closed", () => {
    const open = () =>
      readdirSync("/proc/self/fd").filter((file) => {
        try {
          return readlinkSync(`/proc/self/fd/${file}`) === join(folder, "keys.root");
        } catch {
          return false;
        }
      }).length;
    expect(open()).toBe(1);
    store.close();
    expect(open()).toBe(0);
    chmodSync(join(folder, "keys.root"), 0o644);
    expect(() => new SqliteStore(settings)).toThrow();
    expect(open()).toBe(0);
    chmodSync(join(folder, "keys.root"), 0o600);
    store = new SqliteStore(settings);
  });

  it("leaves the caller's block as it was, and compares what is left of it", () => {
    const fresh = add(1, 4032);
    take(32);
    while (store.sweep());
    for (const step of store.adding(fresh)) act(step);
    const other = fresh.key.slice();
    other[site === "alice" ? 40 : 10] = (other[site === "alice" ? 40 : 10] ?? 0) ^ 1;
    expect(() => {
      for (const step of store.adding({ ...fresh, key: other })) act(step);
    }).toThrow(expect.objectContaining({ code: "QKD_KEYSTORE_CONFLICT" }));
  });
});
