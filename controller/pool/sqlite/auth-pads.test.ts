import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { QkdError } from "../../../errors/index.ts";
import { AUTH_SEGMENT_BYTES } from "../auth-layout.ts";
import { Database } from "./database.ts";
import { SqliteStore } from "./sqlite-store.ts";

const secret = (seed: number) =>
  Uint8Array.from({ length: 32 + 2 * 1024 }, (_, index) => (index * seed + (index >> 8)) & 255);
let folder: string;
let open: SqliteStore[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
  open = [];
});

afterEach(() => {
  for (const store of open) store.close();
  rmSync(folder, { recursive: true });
});

function openStore(site: "alice" | "bob", linkSecret = secret(7)): SqliteStore {
  const store = new SqliteStore({
    path: join(folder, `${site}.db`),
    site,
    linkId: "link",
    redeliveryMs: 0,
    capacityBits: 2 ** 20,
    auditRows: 1000,
    linkSecret,
    kek: new Uint8Array(32).fill(4),
  });
  open.push(store);
  return store;
}

function reopen(store: SqliteStore, site: "alice" | "bob", linkSecret = secret(7)): SqliteStore {
  open = open.filter((other) => other !== store);
  store.close();
  return openStore(site, linkSecret);
}

function act<T>(store: SqliteStore, work: () => T): T {
  const [outcome] = store.transact([work]);
  if (outcome === undefined || "error" in outcome) throw outcome?.error;
  return outcome.value;
}

const reserve = (store: SqliteStore, bytes: number) => act(store, () => store.auth.reserve(bytes));

const reserveFromPeer = (store: SqliteStore, offset: number, bytes: number) =>
  act(store, () => store.auth.reserveFromPeer(offset, bytes));

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof QkdError) return error.code;
    throw error;
  }
  return "done";
};

describe("authentication reserve", () => {
  it("gives both sites the same bytes, each direction its own half of the secret", () => {
    const [alice, bob] = [openStore("alice"), openStore("bob")];
    const forth = reserve(alice, 100);
    const back = reserve(bob, 100);
    expect([forth.offset, back.offset]).toEqual([0, 0]);
    expect(Buffer.from(forth.material)).toEqual(Buffer.from(secret(7).slice(32, 132)));
    expect(Buffer.from(back.material)).toEqual(Buffer.from(secret(7).slice(32 + 1024, 32 + 1124)));
    expect(reserveFromPeer(bob, 0, 100)).toEqual(forth.material);
    expect(reserveFromPeer(alice, 0, 100)).toEqual(back.material);
    expect(alice.auth.remaining()).toEqual({ own: 924, peer: 924 });
  });

  it("never gives a range twice, nor backwards, also after a restart", () => {
    let alice = openStore("alice");
    expect(act(alice, () => alice.auth.reserve(64)).offset).toBe(0);
    act(alice, () => alice.auth.reserveFromPeer(128, 64));
    alice = reopen(alice, "alice");
    expect(act(alice, () => alice.auth.reserve(64)).offset).toBe(64);
    for (const [offset, bytes] of [
      [128, 64],
      [0, 32],
      [191, 1],
      [1020, 8],
      [-1, 4],
      [2 ** 52, 8],
      [0.5, 4],
    ] as const) {
      expect(codeOf(() => act(alice, () => alice.auth.reserveFromPeer(offset, bytes)))).toBe(
        "QKD_KEYSTORE_CONFLICT",
      );
    }
    expect(act(alice, () => alice.auth.reserveFromPeer(192, 8))).toHaveLength(8);
  });

  it("loses reserved bytes, not the rest, when the work around them fails", () => {
    const alice = openStore("alice");
    const [failed, kept] = alice.transact<unknown>([
      () => {
        alice.auth.reserve(64);
        throw new Error("later work failed");
      },
      () => alice.auth.reserve(64).offset,
    ]);
    expect(failed).toHaveProperty("error");
    expect(kept).toEqual({ value: 0 });
  });

  it("grows by distilled material, whose offsets do not depend on what the other site missed", () => {
    const [alice, bob] = [openStore("alice"), openStore("bob")];
    const material = (fill: number) => new Uint8Array(512).fill(fill, 0, 256).fill(fill + 100, 256);
    for (const sequence of [3, 4]) act(alice, () => alice.auth.replenish(sequence, material(sequence)));
    act(alice, () => alice.auth.replenish(4, material(4)));
    act(bob, () => bob.auth.replenish(4, material(4)));
    expect(alice.auth.remaining().own).toBe(1024 + 512);
    expect([alice.auth.held(), bob.auth.held()]).toEqual([[3, 4], [4]]);
    act(alice, () => alice.auth.forget([3, 99]));
    act(alice, () => alice.auth.reserve(1020));
    const { offset, material: own } = reserve(alice, 16);
    expect([offset, own[0]]).toEqual([5 * AUTH_SEGMENT_BYTES, 4]);
    expect(reserveFromPeer(bob, offset, 16)).toEqual(own);
    expect(act(bob, () => bob.auth.reserve(1024)).offset).toBe(0);
    expect(reserve(bob, 8).material[0]).toBe(104);
  });

  it("takes the share of a block when the block becomes available, and drops it with the block", () => {
    let alice = openStore("alice");
    const bob = openStore("bob");
    const key = Uint8Array.from({ length: 512 + 128 }, (_, index) => index & 255);
    const add = (store: SqliteStore, sequence: number, authBytes = 512): string => {
      const blockId = sequence.toString(16).padStart(32, "0");
      const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };
      const facts = { blockId, sequence, origin: "qkd" as const, createdAtMs: 1 };
      for (const step of store.adding({
        ...facts,
        key: key.slice(),
        tail: new Uint8Array(64),
        authBytes,
        epsilon,
      }))
        act(store, step);
      return blockId;
    };
    for (const store of [alice, bob]) {
      const first = add(store, 1);
      add(store, 1);
      expect(store.auth.remaining().own).toBe(1024);
      if (store === bob) continue;
      act(store, () => store.pool.makeAvailable(first, { boundaryBytes: 64, tag: "ab".repeat(16) }));
      act(store, () => store.pool.makeAvailable(first, { boundaryBytes: 64, tag: "ab".repeat(16) }));
      expect(store.auth.remaining()).toEqual({ own: 1024 + 256, peer: 1024 + 256 });
      const second = add(store, 2);
      act(store, () => store.pool.discard(second));
    }
    alice = reopen(alice, "alice");
    expect(alice.auth.remaining().own).toBe(1024 + 256);
    // The share never becomes keys: the block's own half begins behind it.
    const audience = { master: "a", slave: "b" };
    const [taken] = act(alice, () => alice.pool.takeMany({ bits: 256, count: 1, audience, origin: "qkd" }));
    expect(Buffer.from(taken?.key ?? [])).toEqual(Buffer.from(key.slice(512, 544)));
    expect(alice.pool.status("qkd").availableBits).toBe((64 - 32) * 8);
    // The peer may use a share that waits here: it has released the block.
    act(alice, () => alice.auth.reserve(1024));
    const { offset, material } = reserve(alice, 16);
    expect(Buffer.from(material)).toEqual(Buffer.from(key.slice(0, 16)));
    expect(reserveFromPeer(bob, offset, 16)).toEqual(material);
    expect(codeOf(() => add(alice, 9, 3))).toBe("QKD_KEYSTORE_REQUEST");
    expect(codeOf(() => add(alice, 9, 640))).toBe("QKD_KEYSTORE_REQUEST");
  });

  it("runs out with a typed error", () => {
    const alice = openStore("alice");
    act(alice, () => alice.auth.reserve(1024));
    expect(codeOf(() => act(alice, () => alice.auth.reserve(1)))).toBe("QKD_AUTH_EXHAUSTED");
    for (const bytes of [0, -1, 1.5, AUTH_SEGMENT_BYTES + 1]) {
      expect(codeOf(() => act(alice, () => alice.auth.reserve(bytes)))).toBe("QKD_KEYSTORE_REQUEST");
    }
    for (const [sequence, bytes] of [
      [-1, 64],
      [1, 3],
      [1, 0],
      [2 ** 33, 64],
    ] as const) {
      expect(codeOf(() => act(alice, () => alice.auth.replenish(sequence, new Uint8Array(bytes))))).toBe(
        "QKD_KEYSTORE_REQUEST",
      );
    }
  });

  it("loads a secret once, takes a fresh one, and refuses one that was replaced", () => {
    let alice = openStore("alice");
    act(alice, () => alice.auth.reserve(1024));
    alice = reopen(alice, "alice");
    expect(alice.auth.remaining()).toEqual({ own: 0, peer: 1024 });
    alice = reopen(alice, "alice", secret(11));
    expect(alice.auth.remaining()).toEqual({ own: 1024, peer: 1024 });
    expect(codeOf(() => reopen(alice, "alice", secret(7)))).toBe("QKD_KEYSTORE_CONFLICT");
    // Each of database and anchor knows it alone.
    rmSync(join(folder, "alice.db.anchor"));
    expect(codeOf(() => openStore("alice", secret(7)))).toBe("QKD_KEYSTORE_CONFLICT");
    const db = new Database(join(folder, "alice.db"));
    expect(db.all("SELECT DISTINCT epoch FROM auth_segment")).toEqual([{ epoch: 2 }]);
    db.close();
  });
});
