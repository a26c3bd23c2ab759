import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FETCH_GRACE_MS } from "../block-halves.ts";
import type { KeyOrigin } from "../key-pool.ts";
import type { SqliteStore } from "./sqlite-store.ts";
import {
  act,
  add,
  begin,
  block,
  clock,
  close,
  codeOf,
  end,
  evenly,
  fetch,
  fill,
  openStore,
  take,
} from "./two-stores-bench.ts";

beforeEach(begin);
afterEach(end);

describe("the end of a block", () => {
  it("ends when it is too old, a minute after the other site knows, for keys already handed out", () => {
    const [alice, bob] = [openStore("alice"), openStore("bob")];
    const { blockId } = fill([alice, bob], block(1, 1024));
    const taken = take(alice, 2);
    clock.ms += 5000;
    const expire = (store: SqliteStore, origin?: KeyOrigin) =>
      act(store, (each) =>
        each.pool.expire({ nowMs: clock.ms, maxAgeMs: 5000, peerOffsetMs: 0, ...(origin && { origin }) }),
      );
    expect(expire(alice)).toBe(0);
    clock.ms += 1;
    expect(expire(alice, "pqc")).toBe(0);
    expect([expire(alice), expire(bob)]).toEqual([(512 - 64) * 8, 512 * 8]);
    expect(codeOf(() => take(alice))).toBe("QKD_KEYSTORE_EXHAUSTED");
    expect(
      fetch(
        bob,
        taken.map(({ keyId }) => keyId),
      ),
    ).toEqual(taken);
    for (const store of [alice, bob])
      act(store, ({ pool }) => pool.noticesHeard(pool.notices(9).map(({ number }) => number)));
    clock.ms += FETCH_GRACE_MS - 1;
    expect([expire(alice), expire(bob)]).toEqual([0, 0]);
    // Heard once, it is not told again.
    expect([alice.pool.notices(9), bob.pool.notices(9)]).toEqual([[], []]);
    clock.ms += 1;
    expect([expire(alice), expire(bob)]).toEqual([512 * 8, (512 - 64) * 8]);
    expect(bob.pool.blockState(blockId)).toBe("spent");
  });

  it("grows no older while the clock is set back, also over a restart", () => {
    let alice = openStore("alice");
    fill([alice], block(1, 1024));
    for (let time = 0; time < 2; time += 1) {
      clock.ms += 10_000;
      alice.sweep();
    }
    close(alice);
    clock.ms -= 3_600_000;
    alice = openStore("alice");
    const expire = (maxAgeMs: number) =>
      act(alice, ({ pool }) => pool.expire({ nowMs: clock.ms, maxAgeMs, peerOffsetMs: null }));
    expect(expire(20_000)).toBe(0);
    expect(expire(19_999)).toBe(512 * 8);
  });

  it("does not hold room for keys that nobody fetches, once the other site has handed out its half", () => {
    const ttl = { fetchTtlMs: 60_000 };
    const [alice, bob] = [openStore("alice", ttl), openStore("bob", ttl)];
    const { blockId } = fill([alice, bob], block(1, 1024));
    const [first, ...rest] = take(alice, 16).map(({ keyId }) => keyId);
    const [, fetched] = [take(bob, 16), fetch(bob, [first ?? "", rest[4] ?? ""])];
    expect(fetched).toHaveLength(2);
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      from.sweep();
      expect(from.pool.notices(9)).toMatchObject([{ blockId, reason: "handedOut" }]);
      act(to, ({ pool }) => pool.hearGone(blockId, "handedOut"));
      act(from, ({ pool }) => pool.noticesHeard(pool.notices(9).map(({ number }) => number)));
    }
    clock.ms += 59_999;
    bob.sweep();
    expect(fetch(bob, rest.slice(0, 1))).toHaveLength(1);
    clock.ms += 1;
    for (const store of [alice, bob]) while (store.sweep());
    expect(codeOf(() => fetch(bob, rest.slice(1, 2)))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
    expect(bob.audit.tail(20).map(({ event }) => event)).toContain("keysUnfetched");
    clock.ms += 10_000;
    for (const store of [alice, bob]) {
      while (store.sweep());
      expect(store.pool.blockState(blockId)).toBe("spent");
      expect(store.pool.notices(9)).toEqual([]);
    }
  });

  it("keeps for fetching, and hands nothing out of, what the other site lost while it was pending here", () => {
    const ttl = { fetchTtlMs: 60_000 };
    const [alice, bob] = [openStore("alice", ttl), openStore("bob", ttl)];
    const fresh = block(1, 1024);
    fill([alice], fresh);
    add(bob, fresh);
    const ids = take(alice, 3).map(({ keyId }) => keyId);
    const lackBits = bob.pool.status("qkd").lackBits;
    for (let times = 0; times < 2; times += 1)
      expect(act(bob, ({ pool }) => pool.hearGone(fresh.blockId, "lost"))).toEqual({
        settled: true,
        origin: "qkd",
        lostBits: 0,
      });
    expect(bob.pool.pending()).toEqual([]);
    expect([bob.pool.blockState(fresh.blockId), bob.pool.block(fresh.blockId)?.state]).toEqual([
      "spent",
      "quarantined",
    ]);
    expect(bob.pool.status("qkd").lackBits).toBe(lackBits + 512 * 8);
    expect(codeOf(() => act(bob, ({ pool }) => pool.makeAvailable(fresh.blockId, evenly(1024))))).toBe(
      "QKD_KEYSTORE_CONFLICT",
    );
    clock.ms += 59_999;
    bob.sweep();
    expect(fetch(bob, ids.slice(0, 2))).toHaveLength(2);
    clock.ms += 1;
    while (bob.sweep());
    expect(bob.pool.block(fresh.blockId)?.state).toBe("spent");
    expect(codeOf(() => fetch(bob, ids.slice(2)))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
  });

  it("keeps a half that the other site still hands out of, however long nobody fetches", () => {
    const [alice, bob] = [openStore("alice", { fetchTtlMs: 1000 }), openStore("bob", { fetchTtlMs: 1000 })];
    fill([alice, bob], block(1, 1024));
    const ids = take(alice, 15).map(({ keyId }) => keyId);
    clock.ms += 10_000_000;
    for (const store of [alice, bob]) while (store.sweep());
    expect(alice.pool.notices(9)).toEqual([]);
    expect(fetch(bob, ids)).toHaveLength(15);
  });

  it("gives up a rest behind the last key that was fetched while pending, as the other site does", () => {
    const [alice, bob] = [openStore("alice"), openStore("bob")];
    const fresh = block(1, 128);
    fill([alice], fresh);
    add(bob, fresh);
    fetch(
      bob,
      take(alice, 1, 8 * 62).map(({ keyId }) => keyId),
    );
    act(bob, ({ pool }) => pool.makeAvailable(fresh.blockId, evenly(128)));
    expect(bob.pool.status("qkd").peerBits).toBe(0);
  });
});
