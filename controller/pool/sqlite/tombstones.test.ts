import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeyOrigin } from "../key-pool.ts";
import type { SqliteStore } from "./sqlite-store.ts";
import {
  act,
  add,
  begin,
  block,
  close,
  codeOf,
  end,
  evenly,
  fill,
  openStore,
  take,
} from "./two-stores-bench.ts";

beforeEach(begin);
afterEach(end);

/** A block that lived here, of which so many keys were handed out. */
function spend(store: SqliteStore, sequence: number, keys = 0, origin: KeyOrigin = "qkd"): void {
  const { blockId } = fill([store], block(sequence, 256, origin));
  if (keys > 0) take(store, keys);
  act(store, ({ pool }) => pool.discard(blockId));
  act(store, ({ pool }) => pool.releasesHeard([blockId]));
}

function clear(store: SqliteStore): void {
  while (store.sweep());
  store.sweep();
}

describe("tombstones of old blocks", () => {
  it("leave without letting their sequence numbers return", () => {
    const alice = openStore("alice");
    const first = fill([alice], block(0, 64));
    act(alice, (store) => store.pool.discard(first.blockId));
    act(alice, (store) => store.pool.releasesHeard([first.blockId]));
    for (const sequence of [1500, 2600]) {
      const { blockId } = fill([alice], block(sequence, 64));
      act(alice, (store) => store.pool.discard(blockId));
    }
    while (alice.sweep());
    alice.sweep();
    expect(alice.pool.blockState(first.blockId)).toBe("absent");
    expect(codeOf(() => add(alice, block(0, 64)))).toBe("QKD_KEYSTORE_CONFLICT");
    expect(codeOf(() => add(alice, block(1600, 64)))).toBe("QKD_KEYSTORE_CONFLICT");
    expect(alice.pool.highestSequence("qkd")).toBe(2600);
    add(alice, block(2601, 64));
  });

  it("stay until the other site has heard of the release, however many came after", () => {
    const alice = openStore("alice");
    const blocks = [0, 1500, 2600].map((sequence) => fill([alice], block(sequence, 64)));
    for (const { blockId } of blocks) act(alice, (store) => store.pool.discard(blockId));
    const [first, second] = blocks.map(({ blockId }) => blockId);
    act(alice, (store) => store.pool.releasesHeard([second ?? ""]));
    while (alice.sweep());
    alice.sweep();
    expect(alice.pool.block(first ?? "")).toMatchObject({ state: "spent", release: evenly(64) });
    expect(alice.pool.block(second ?? "")).toBeNull();
  });

  it("leave behind how far their halves were given: the store is found as it was closed", () => {
    let alice = openStore("alice");
    spend(alice, 0, 3);
    for (const sequence of [1500, 2600]) spend(alice, sequence);
    clear(alice);
    expect(alice.pool.highestSequence("qkd")).toBe(2600);
    close(alice);
    alice = openStore("alice");
    expect(alice.opening).toMatchObject({ kind: "clean", evidence: [], burntBits: 0 });
    // Nothing is burnt of what was never given.
    fill([alice], block(2601, 256));
    expect(take(alice, 4)).toHaveLength(4);
  });

  it("leave behind no more than what was given of their own: younger blocks and other origins stay whole", () => {
    const alice = openStore("alice");
    spend(alice, 0, 3);
    const waiting = [block(1700, 256), block(0, 256, "pqc")];
    for (const fresh of waiting) add(alice, fresh);
    spend(alice, 2600, 2);
    spend(alice, 2600, 0, "pqc");
    clear(alice);
    for (const { blockId } of waiting) act(alice, ({ pool }) => pool.makeAvailable(blockId, evenly(256)));
    expect(["qkd", "pqc"].map((origin) => alice.pool.status(origin as KeyOrigin).availableBits)).toEqual([
      128 * 8,
      128 * 8,
    ]);
  });
});
