import { describe, expect, it } from "vitest";
import { type BlockSupply, NO_SUPPLY, seeBlock, sureSupply } from "./block-supply.ts";
import { demandBps, NO_DEMAND, seeDemand } from "./demand-seen.ts";
import { leastLevel } from "./stock-prediction.ts";

const blocks = (...ended: readonly (readonly [atMs: number, bits: number])[]): BlockSupply =>
  ended.reduce((supply, [atMs, bits]) => seeBlock(supply, bits, atMs), NO_SUPPLY);

describe("the demand seen", () => {
  it("is the mean over the window, and forgets what is older", () => {
    let seen = NO_DEMAND;
    for (let atMs = 0; atMs <= 100_000; atMs += 1000) seen = seeDemand(seen, 500, atMs, 60_000);
    expect(demandBps(seen, 100_000, 60_000)).toBe(500);
    expect(seen.served.length).toBe(60);
    expect(demandBps(seen, 130_000, 60_000)).toBe(250);
    expect(demandBps(seen, 160_000, 60_000)).toBe(0);
    expect(demandBps(NO_DEMAND, 0, 60_000)).toBe(0);
  });

  it("does not take a first request for a stream, nor wait a window for a stream to show", () => {
    const first = seeDemand(NO_DEMAND, 1000, 5000, 60_000);
    expect(demandBps(first, 5000, 60_000)).toBe(100);
    const second = seeDemand(first, 3000, 25_000, 60_000);
    expect(demandBps(second, 25_000, 60_000)).toBe(200);
  });
});

describe("the supply to count on", () => {
  it("is unknown before a second block, and nothing of a link that is down", () => {
    expect(sureSupply(blocks([0, 1000]), false, 0)).toEqual({ bps: 0, dueInMs: 0, periodMs: 0 });
    const known = blocks([0, 1000], [2000, 500]);
    expect(sureSupply(known, false, 2500)).toEqual({ bps: 250, dueInMs: 1500, periodMs: 2000 });
    expect(sureSupply(known, true, 2500)).toEqual({ bps: 0, dueInMs: 1500, periodMs: 2000 });
  });

  it("is the least of the last four blocks but one", () => {
    const supply = blocks([0, 1], [1000, 100], [2000, 0], [3000, 400], [4000, 300]);
    expect(sureSupply(supply, false, 4000).bps).toBe(100);
    expect(sureSupply(seeBlock(supply, 0, 5000), false, 5000).bps).toBe(0);
  });

  it("falls while a block is late", () => {
    const supply = blocks([0, 1], [1000, 1000]);
    expect(sureSupply(supply, false, 2000)).toEqual({ bps: 1000, dueInMs: 0, periodMs: 1000 });
    expect(sureSupply(supply, false, 11_000)).toEqual({ bps: 100, dueInMs: 0, periodMs: 1000 });
  });
});

describe("the least level ahead", () => {
  const supply = (bps: number, dueInMs: number) => ({ bps, dueInMs, periodMs: 1000 });
  it.each([
    ["now, where more comes than goes", 1000, 10, supply(20, 0), 1000],
    ["at the next block, where more comes afterwards", 1000, 10, supply(20, 5000), 950],
    ["at the horizon, where less comes", 1000, 10, supply(4, 5000), 1000 - 100 + 20],
    ["at the horizon, before any block", 1000, 10, supply(1e6, 99_000), 900],
    ["below zero, where the stock ends", 50, 10, supply(0, 0), -50],
  ])("is %s", (_name, level, demand, sure, least) => {
    expect(leastLevel(level, demand, sure, 10_000)).toBeCloseTo(least, 9);
  });
});
