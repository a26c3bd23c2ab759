import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeyOrigin } from "../key-pool.ts";
import {
  act,
  add,
  adding,
  audience,
  begin,
  block,
  clock,
  close,
  codeOf,
  end,
  evenly,
  fetch,
  file,
  fill,
  openStore,
  take,
} from "./two-stores-bench.ts";

beforeEach(begin);
afterEach(end);

describe("two stores of one link", () => {
  it("give the same keys at both sites, whichever hands them out, over block and chunk bounds", () => {
    const [alice, bob] = [openStore("alice"), openStore("bob")];
    const blocks = [fill([alice, bob], block(1, 200_000)), fill([alice, bob], block(2, 96))];
    const material = blocks.map(({ key }) => Buffer.from(key).toString("hex")).join("");
    for (const [master, slave] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      const taken = [...take(master, 2500), ...take(master, 15, 8 * 1000)];
      const fetched = fetch(slave, taken.map(({ keyId }) => keyId).reverse()).reverse();
      expect(fetched).toEqual(taken);
      for (const { key } of taken) expect(material).toContain(Buffer.from(key).toString("hex"));
      expect(new Set(taken.map(({ key }) => Buffer.from(key).toString("hex"))).size).toBe(taken.length);
    }
  });

  it("hand out every bit of a block exactly once", () => {
    const [alice, bob] = [openStore("alice"), openStore("bob")];
    const { key } = fill([alice, bob], block(1, 2048));
    const seen = [...take(alice, 32), ...take(bob, 32)].map(({ key }) => Buffer.from(key).toString("hex"));
    expect(seen.join("")).toBe(Buffer.from(key).toString("hex"));
    for (const store of [alice, bob]) expect(codeOf(() => take(store))).toBe("QKD_KEYSTORE_EXHAUSTED");
  });

  it("take all or nothing", () => {
    const alice = openStore("alice");
    fill([alice], block(1, 256));
    expect(codeOf(() => take(alice, 5))).toBe("QKD_KEYSTORE_EXHAUSTED");
    expect(alice.pool.status("qkd").availableBits).toBe(128 * 8);
    expect(take(alice, 4)).toHaveLength(4);
  });

  it("destroy a block once both halves are used, also when odd sizes leave a rest", () => {
    const [alice, bob] = [openStore("alice"), openStore("bob")];
    const { blockId } = fill([alice, bob], block(1, 256));
    const forth = take(alice, 4, 248);
    const back = take(bob, 5, 24);
    for (const key of forth) fetch(bob, [key.keyId]);
    for (const key of back.toReversed()) fetch(alice, [key.keyId]);
    expect(codeOf(() => take(alice, 1, 8))).toBe("QKD_KEYSTORE_EXHAUSTED");
    const rest = take(bob, 3, 248);
    fetch(
      alice,
      rest.map(({ keyId }) => keyId),
    );
    for (const store of [alice, bob]) {
      while (store.sweep());
      // Used up, and kept as long as a lost answer may be asked for again.
      expect(store.pool.blockState(blockId)).toBe("available");
    }
    expect(
      fetch(
        alice,
        rest.map(({ keyId }) => keyId),
      ),
    ).toEqual(rest);
    clock.ms += 10_001;
    for (const store of [alice, bob]) {
      while (store.sweep());
      expect(store.pool.blockState(blockId)).toBe("spent");
      expect(store.audit.tail(1)[0]?.event).toBe("blockSpent");
    }
  });

  it("let the same SAE fetch the same ID again within the window, and nobody after it", () => {
    const [alice, bob] = [openStore("alice"), openStore("bob")];
    fill([alice, bob], block(1, 1024));
    const [first, second] = take(alice, 2);
    const ids = [first?.keyId ?? "", second?.keyId ?? ""];
    expect(fetch(bob, ids.slice(0, 1))).toEqual([first]);
    clock.ms += 9999;
    expect(fetch(bob, ids)).toEqual([first, second]);
    expect(bob.audit.tail(3).map(({ event }) => event)).toContain("keyDeliveredAgain");
    expect(codeOf(() => fetch(bob, ids, { master: "sae-a", slave: "eve" }))).toBe("QKD_KEYSTORE_FORBIDDEN");
    clock.ms += 1;
    expect(codeOf(() => fetch(bob, ids.slice(0, 1)))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
    expect(fetch(bob, ids.slice(1))).toEqual([second]);
  });

  it("are strict without a window, also after a restart", () => {
    const alice = openStore("alice");
    let bob = openStore("bob", { redeliveryMs: 0 });
    fill([alice, bob], block(1, 1024));
    const ids = take(alice, 2).map(({ keyId }) => keyId);
    fetch(bob, ids.slice(0, 1));
    expect(codeOf(() => fetch(bob, ids))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
    close(bob);
    bob = openStore("bob", { redeliveryMs: 0 });
    expect(codeOf(() => fetch(bob, ids.slice(0, 1)))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
    expect(fetch(bob, ids.slice(1))).toHaveLength(1);
  });

  it("refuse a site's own IDs and IDs of blocks it does not hold", () => {
    const [alice, bob] = [openStore("alice"), openStore("bob")];
    fill([alice], block(1, 1024));
    const ids = take(alice).map(({ keyId }) => keyId);
    expect(codeOf(() => fetch(alice, ids))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
    expect(codeOf(() => fetch(bob, ids))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
  });

  it("keep pending blocks from being handed out, but give what the other site handed out of them", () => {
    const [alice, bob] = [openStore("alice"), openStore("bob")];
    const fresh = block(1, 1024);
    add(bob, fresh);
    fill([alice], fresh);
    expect(codeOf(() => take(bob))).toBe("QKD_KEYSTORE_EXHAUSTED");
    expect(bob.pool.pending()).toMatchObject([{ blockId: fresh.blockId, origin: "qkd", sequence: 1 }]);
    const taken = take(alice);
    expect(
      fetch(
        bob,
        taken.map(({ keyId }) => keyId),
      ),
    ).toEqual(taken);
    act(bob, (store) => store.pool.makeAvailable(fresh.blockId, evenly(1024)));
    expect(take(bob)).toHaveLength(1);
  });

  it("keep origins apart", () => {
    const [alice, bob] = [openStore("alice"), openStore("bob")];
    fill([alice, bob], block(7, 1024, "pqc"));
    expect(codeOf(() => take(alice))).toBe("QKD_KEYSTORE_EXHAUSTED");
    const [key] = act(alice, (store) =>
      store.pool.takeMany({ bits: 256, count: 1, audience, origin: "pqc" }),
    );
    expect(key?.origin).toBe("pqc");
    expect(fetch(bob, [key?.keyId ?? ""])[0]?.origin).toBe("pqc");
    expect([alice.pool.highestSequence("pqc"), alice.pool.highestSequence("qkd")]).toEqual([7, -1]);
  });
});

describe("the life of a block", () => {
  it("is idempotent, and never begins twice", () => {
    const alice = openStore("alice");
    const fresh = block(1, 1024);
    expect(alice.pool.blockState(fresh.blockId)).toBe("absent");
    for (let time = 0; time < 2; time += 1) {
      add(alice, fresh);
      expect(alice.pool.blockState(fresh.blockId)).toBe("pending");
    }
    for (let time = 0; time < 2; time += 1)
      act(alice, (store) => store.pool.makeAvailable(fresh.blockId, evenly(1024)));
    add(alice, fresh);
    for (const other of [
      { key: fresh.key.map((byte) => byte ^ 1) },
      { key: fresh.key.subarray(32) },
      { origin: "pqc" as const },
      { sequence: 2 },
      { createdAtMs: fresh.createdAtMs + 1 },
    ])
      expect(codeOf(() => add(alice, { ...fresh, ...other }))).toBe("QKD_KEYSTORE_CONFLICT");
    expect(codeOf(() => add(alice, { ...block(1, 64), sequence: 1 }))).toBe("QKD_KEYSTORE_CONFLICT");
    for (let time = 0; time < 2; time += 1) act(alice, (store) => store.pool.discard(fresh.blockId));
    expect(alice.pool.blockState(fresh.blockId)).toBe("spent");
    expect(codeOf(() => add(alice, fresh))).toBe("QKD_KEYSTORE_CONFLICT");
    expect(codeOf(() => take(alice))).toBe("QKD_KEYSTORE_EXHAUSTED");
    act(alice, (store) => store.pool.discard("00".repeat(16)));
    expect(codeOf(() => act(alice, (store) => store.pool.makeAvailable("00".repeat(16), evenly(64))))).toBe(
      "QKD_KEYSTORE_UNKNOWN_BLOCK",
    );
  });

  it.each([
    ["an id that is no hex", { blockId: "x".repeat(32) }],
    ["a negative sequence", { sequence: -1 }],
    ["a sequence beyond 32 bits", { sequence: 2 ** 32 }],
    ["a block too small to share", { key: new Uint8Array(31) }],
    ["a fractional time", { createdAtMs: 1.5 }],
    ["an unknown origin", { origin: "moon" as KeyOrigin }],
  ])("refuses %s", (_name, wrong) => {
    const alice = openStore("alice");
    expect(codeOf(() => add(alice, { ...block(1, 64), ...wrong }))).toBe("QKD_KEYSTORE_REQUEST");
    expect(alice.pool.pending()).toEqual([]);
  });

  it("leaves no trace of an interrupted addition", () => {
    let alice = openStore("alice");
    const fresh = block(1, 1_200_000);
    const steps = adding(alice, fresh);
    expect(steps.length).toBeGreaterThan(2);
    for (const step of steps.slice(0, -1)) act(alice, step);
    expect([alice.pool.blockState(fresh.blockId), alice.pool.pending()]).toEqual(["absent", []]);
    close(alice);
    alice = openStore("alice");
    expect(alice.pool.blockState(fresh.blockId)).toBe("absent");
    fill([alice], fresh);
    expect(take(alice)).toHaveLength(1);
  });
});

describe("what a store refuses", () => {
  it.each([
    ["a size that is no whole byte", 12, 1, audience],
    ["a size of nothing", 0, 1, audience],
    ["a size beyond the limit", 65_544, 1, audience],
    ["no keys", 256, 0, audience],
    ["too many keys", 256, 4097, audience],
    ["an empty SAE", 256, 1, { master: "", slave: "b" }],
    ["an endless SAE", 256, 1, { master: "a", slave: "b".repeat(257) }],
  ])("%s", (_name, bits, count, who) => {
    const alice = openStore("alice");
    fill([alice], block(1, 1024));
    const request = { bits, count, audience: who, origin: "qkd" as const };
    expect(codeOf(() => act(alice, (store) => store.pool.takeMany(request)))).toBe("QKD_KEYSTORE_REQUEST");
    expect(alice.pool.status("qkd").availableBits).toBe(512 * 8);
  });

  it("another key file, site, link or a second opener", () => {
    const alice = openStore("alice");
    expect(codeOf(() => openStore("alice"))).toBe("QKD_KEYSTORE_LOCKED");
    close(alice);
    expect(codeOf(() => openStore("alice", { kek: new Uint8Array(32) }))).toBe("QKD_KEYSTORE_UNREADABLE");
    expect(codeOf(() => openStore("alice", { linkId: "other" }))).toBe("QKD_KEYSTORE_CONFLICT");
    expect(codeOf(() => openStore("alice", { site: "bob" }))).toBe("QKD_KEYSTORE_CONFLICT");
    openStore("alice");
  });

  it("shows no key in its files, errors or audit log", () => {
    const alice = openStore("alice");
    const { key } = fill([alice], block(1, 4096));
    const taken = take(alice, 4);
    const outcomes = alice.transact([
      () => alice.pool.takeMany({ bits: 256, count: 4000, audience, origin: "qkd" }),
      () => alice.pool.takeByIds(["x"], audience),
    ]);
    const shown = inspect([outcomes, alice.audit.tail(100)], { depth: 9, maxStringLength: null });
    const files = ["alice.db", "alice.db-wal"].map((name) => readFileSync(file(name)));
    for (const part of [key.subarray(0, 16), key.subarray(4000, 4016), taken[3]?.key ?? key]) {
      for (const file of files) expect(file.includes(Buffer.from(part))).toBe(false);
      for (const encoding of ["hex", "base64"] as const) {
        expect(shown).not.toContain(Buffer.from(part).toString(encoding).slice(0, 12));
      }
    }
  });
});
