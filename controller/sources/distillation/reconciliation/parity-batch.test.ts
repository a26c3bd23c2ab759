import { describe, expect, it } from "vitest";
import { ParityBatch } from "./parity-batch.ts";

const entry = (cohort: number, bytes: number) => ({ cohort, round: 0, parities: new Uint8Array(bytes) });

describe("the parities of a step", () => {
  it("share a message a block, in order, and leave once", () => {
    const batch = new ParityBatch();
    batch.add(4, entry(0, 10));
    batch.add(5, entry(0, 10));
    batch.add(4, entry(1, 10));
    const cohorts = batch
      .take()
      .map(({ sequence, entries }) => [sequence, entries.map(({ cohort }) => cohort)]);
    expect(cohorts).toEqual([
      [4, [0, 1]],
      [5, [0]],
    ]);
    expect(batch.take()).toEqual([]);
  });

  it("are cut into messages of a mebibyte, but for an entry that is larger by itself", () => {
    const batch = new ParityBatch();
    const sizes = [700_000, 300_000, 100_000, 3_000_000, 1, 1];
    for (const [cohort, bytes] of sizes.entries()) batch.add(1, entry(cohort, bytes));
    const cohorts = batch.take().map(({ entries }) => entries.map(({ cohort }) => cohort));
    expect(cohorts).toEqual([[0, 1], [2], [3], [4, 5]]);
  });
});
