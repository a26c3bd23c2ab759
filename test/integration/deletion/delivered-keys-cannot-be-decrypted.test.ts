import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeletionBench, testBlock } from "./deletion-bench.ts";
import { type KnownBlock, type Loot, steal } from "./key-thief.ts";

const first = testBlock(1, 24_000);
const second = testBlock(2, 8_992);
const blocks: readonly KnownBlock[] = [first, second];

/** Which of the keys a thief has. */
const stolen = (loot: Loot, keys: readonly Uint8Array[]): boolean[] => {
  const plain = steal(loot, blocks);
  return keys.map((key) => plain.some((text) => text.includes(Buffer.from(key))));
};
const together = (...loots: Loot[]): Loot => ({
  kek: loots[0]?.kek ?? new Uint8Array(),
  files: loots.flatMap(({ files }) => files),
});
const all = (value: boolean, keys: readonly unknown[]) => keys.map(() => value);

describe.each(["alice", "bob"] as const)("whoever copies all files of %s and the key file", (site) => {
  let bench: DeletionBench;
  /** Offsets of keys of the first block's other half. */
  const others = site === "alice" ? [12_000, 12_032, 20_000, 23_968] : [0, 32, 8000, 11_968];
  const ownEnd = site === "alice" ? 11_968 : 23_968;

  beforeEach(() => {
    bench = new DeletionBench(site);
    bench.add(first);
    bench.add(second);
  });
  afterEach(() => bench.dispose());

  const sweepAll = () => {
    while (bench.store.sweep());
  };

  it("has no key that was taken, and has the others", () => {
    // More than a segment, so that one is used up and another partly.
    const taken = bench.take(200).map(({ key }) => key);
    const rest = [first.key.subarray(ownEnd, ownEnd + 32), second.key.subarray(0, 32)];
    const before = bench.loot();
    expect(stolen(before, [...taken, ...rest])).toEqual(all(true, [...taken, ...rest]));
    sweepAll();
    const after = bench.loot();
    expect(stolen(after, taken)).toEqual(all(false, taken));
    expect(stolen(after, rest)).toEqual(all(true, rest));
    // Older copies of database and log do not help without the older root.
    expect(stolen(together(after, before), rest)).toEqual(all(true, rest));
    const [database, log] = before.files;
    const keptApart = {
      kek: before.kek,
      files: [database, log, ...after.files].filter((file) => file !== undefined),
    };
    expect(stolen(keptApart, taken)).toEqual(all(false, taken));
    bench.reopen();
    expect(stolen(bench.loot(), taken)).toEqual(all(false, taken));
    expect(bench.take(1)).toHaveLength(1);
  });

  it("has a fetched key while it may be fetched again, and not afterwards", () => {
    const fetched = bench.fetch(first, others).map(({ key }) => key);
    sweepAll();
    expect(stolen(bench.loot(), fetched)).toEqual(all(true, fetched));
    bench.clockMs += 9_999;
    sweepAll();
    expect(bench.fetch(first, others).map(({ key }) => key)).toEqual(fetched);
    bench.clockMs += 1;
    sweepAll();
    expect(stolen(bench.loot(), fetched)).toEqual(all(false, fetched));
    const neighbours = others.map((offset) => first.key.subarray(offset ^ 64, (offset ^ 64) + 32));
    expect(stolen(bench.loot(), neighbours.slice(1, 3))).toEqual(all(true, neighbours.slice(1, 3)));
  });

  it("has a key that may be fetched again, though its neighbours in the segment are gone", () => {
    const [early = 0, late = 0] = others;
    const [gone] = bench.fetch(first, [early + 64]).map(({ key }) => key);
    bench.clockMs += 5_000;
    const kept = bench.fetch(first, [early, late]).map(({ key }) => key);
    bench.clockMs += 5_000;
    sweepAll();
    expect(stolen(bench.loot(), [gone ?? first.key, ...kept])).toEqual([false, true, true]);
    expect(bench.fetch(first, [late, early]).map(({ key }) => key)).toEqual(kept.toReversed());
  });

  it("has nothing of a block that was discarded, also where its ciphertext still lies", () => {
    const parts = [0, 4064, 8928].map((offset) => second.key.subarray(offset, offset + 32));
    expect(stolen(bench.loot(), parts)).toEqual(all(true, parts));
    const before = bench.loot();
    bench.store.transact([() => bench.store.pool.discard(second.blockId)]);
    for (const _ of bench.store.erasing());
    const [database] = before.files;
    const loot = {
      kek: before.kek,
      files: [...bench.loot().files, ...(database === undefined ? [] : [database])],
    };
    expect(stolen(loot, parts)).toEqual(all(false, parts));
    expect(stolen(bench.loot(), [first.key.subarray(0, 32)])).toEqual([true]);
  });

  it("has nothing of an addition that was given up", () => {
    const third = testBlock(3, 520_000);
    const steps = bench.store.adding({
      ...third,
      origin: "qkd",
      epsilon: { secrecy: 0, correctness: 0, authentication: 0 },
      createdAtMs: 1,
    });
    bench.store.transact(steps.slice(0, 1));
    const part = [third.key.subarray(0, 32)];
    const found = (loot: Loot) =>
      steal(loot, [third]).some((text) => text.includes(Buffer.from(part[0] ?? [])));
    const before = bench.loot();
    expect(found(before)).toBe(true);
    bench.store.transact([() => bench.store.abandon(third.blockId)]);
    sweepAll();
    expect(found({ kek: before.kek, files: [...before.files.slice(0, 2), ...bench.loot().files] })).toBe(
      false,
    );
  });

  it("has no key that was delivered before the store was closed", () => {
    const taken = bench.take(3).map(({ key }) => key);
    bench.reopen();
    sweepAll();
    expect(stolen(bench.loot(), taken)).toEqual(all(false, taken));
  });
});
