import { expect, it } from "vitest";
import { COMMIT_BOUNDS_S, CommitClock } from "./commit-times.ts";

it("counts each commit once, in the bin whose bound it does not exceed", () => {
  const clock = new CommitClock();
  for (const ms of [0.4, 0.5, 0.51, 9, 10, 10_001]) clock.add(ms);
  const { counts, sumS } = clock.times;
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6);
  expect([counts[0], counts[1], counts[4], counts.at(-1)]).toEqual([2, 1, 2, 1]);
  expect(counts).toHaveLength(COMMIT_BOUNDS_S.length + 1);
  expect(sumS).toBeCloseTo(10.02141, 9);
});

it("gives figures that go on counting does not change", () => {
  const clock = new CommitClock();
  clock.add(1);
  const { counts } = clock.times;
  clock.add(1);
  expect(counts[1]).toBe(1);
});
