import { describe, expect, it } from "vitest";
import { loadNetwork } from "../../emulator/index.ts";
import { networkSummary, realTimeFactor } from "./network-summary.ts";
import { NetworkTally } from "./network-tally.ts";

const FIGURES = {
  durationS: 60.00049,
  fillS: 1,
  realTimeFactor: 1,
  cutLinks: ["x"],
  cpuSPerS: 1,
  memoryMiB: 1,
  secretBits: 1,
  secretKeyRateBps: { "koganei-otemachi": 10_000 },
  failures: {},
};

describe("the summary of a run", () => {
  it("counts failures of those that opted in, where the policy lets anybody", () => {
    const tally = new NetworkTally();
    for (const why of ["refused", "failed", "unreachable"] as const) tally.noKey(why, "a", "b");
    const ring = loadNetwork("ring-6");
    expect(networkSummary(ring, tally, FIGURES)).toMatchObject({
      durationS: 60,
      pairs: 15,
      refused: 1,
      failedOptedIn: 2,
      unreachable: 1,
      cuts: 1,
      reported: [],
    });
    const strict = { ...ring, policy: { mode: "qkd-only" } as const };
    expect(networkSummary(strict, tally, FIGURES).failedOptedIn).toBe(0);
  });

  it("has what was published of a link beside its own rate, in proportion to the clock", () => {
    const { reported } = networkSummary(loadNetwork("tokyo-2010"), new NetworkTally(), FIGURES);
    expect(reported).toMatchObject([
      { link: "koganei-otemachi", reportedBps: 304_000, atPresetClockBps: 200_000 },
    ]);
    const unlit = networkSummary(loadNetwork("tokyo-2010"), new NetworkTally(), {
      ...FIGURES,
      secretKeyRateBps: {},
    });
    expect(unlit.reported[0]?.atPresetClockBps).toBeNull();
  });
});

describe("the real-time factor", () => {
  const stats = (keySeconds: number, wallSeconds: number) => ({ keySeconds, wallSeconds });

  it("is the mean of the links that were seen before and after, without those that lost a node", () => {
    const before = new Map([
      ["a", stats(10, 20)],
      ["b", stats(0, 20)],
      ["c", stats(0, 20)],
    ]);
    const after = new Map([
      ["a", stats(20, 30)],
      ["b", stats(8, 30)],
      ["c", stats(0, 30)],
      ["d", stats(5, 5)],
    ]);
    expect(realTimeFactor(before, after, new Set(["c"]))).toBe(0.9);
    expect(realTimeFactor(before, new Map(), new Set())).toBeNull();
    expect(realTimeFactor(before, before, new Set())).toBeNull();
  });
});
