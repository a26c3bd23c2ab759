import { describe, expect, it } from "vitest";
import { flowStep, isStarved, type KeyFlow, madeBps, newFlow } from "./key-flow.ts";

const blocks = (flow: KeyFlow, everyMs: number, count: number, bits = 1000, fromMs = 0) =>
  Array.from({ length: count }, (_, index) => fromMs + index * everyMs).reduce(
    (next, atMs) => flowStep(next, atMs, bits),
    flow,
  );

describe("the flow of key", () => {
  it("is bits over the time between blocks", () => {
    const flow = blocks(newFlow(0, 5000), 5000, 6, 20_000);
    expect(madeBps(flow, 25_000)).toBeCloseTo(4000, 6);
    expect(madeBps(newFlow(0, 5000), 60_000)).toBeNull();
  });

  it("does not take blocks that end in a bunch for a high rate", () => {
    const flow = flowStep(flowStep(newFlow(0, 300), 0, 1000), 5, 1000);
    expect(madeBps(flow, 10)).toBeLessThanOrEqual(500);
    const bunched = Array.from({ length: 40 }, (_, index) => 1000 * Math.floor(index / 4) + (index % 4));
    const made = madeBps(
      bunched.reduce((next, atMs) => flowStep(next, atMs, 1000), newFlow(0, 250)),
      9003,
    );
    expect(made).toBeGreaterThan(3500);
    expect(made).toBeLessThan(4600);
  });

  it("is nothing once a block is missing for two periods, and begins anew after the gap", () => {
    const flow = blocks(newFlow(0, 5000), 5000, 4);
    expect(madeBps(flow, 15_000 + 10_001)).toBe(0);
    const after = blocks(flow, 5000, 3, 1000, 100_000);
    expect(madeBps(after, 110_000)).toBeCloseTo(200, 6);
  });

  it("is missed three periods after the last key, a block without key being none", () => {
    let flow = blocks(newFlow(0, 5000), 5000, 3);
    flow = flowStep(flow, 15_000, 0);
    expect(isStarved(flow, 24_999)).toBe(false);
    expect(isStarved(flow, 25_001)).toBe(true);
    expect(isStarved(newFlow(0, 5000), 15_001)).toBe(true);
  });
});
