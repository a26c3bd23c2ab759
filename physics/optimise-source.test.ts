import { describe, expect, it } from "vitest";
import { finiteRate } from "./decoy/index.ts";
import { maximise } from "./maximise.ts";
import { optimiseSource } from "./optimise-source.ts";
import { LINK_PRESETS } from "./presets/index.ts";

const link = LINK_PRESETS.t12.link;
const plan = {
  reconciliationEfficiency: 1.1,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-10,
  blockBits: 1e8,
};

describe("source optimiser", () => {
  it.each([
    ["lim-chernoff", 0.802],
    ["lim", 0.63],
  ] as const)("finds at least the known optimum of %s at 50 km", (bound, knownMbps) => {
    const { rate, link: optimised } = optimiseSource(link, { ...plan, bound });
    expect(rate.rateBps / 1e6).toBeGreaterThanOrEqual(knownMbps * 0.998);
    expect(rate.rateBps / 1e6).toBeLessThan(knownMbps * 1.02);
    expect(optimised.intensities[2]).toBe(link.intensities[2]);
    expect(optimised.channelLossDb).toBe(link.channelLossDb);
    expect(finiteRate(optimised, { ...plan, bound }).rateBps).toBe(rate.rateBps);
  });

  it("improves on the published settings under the composable bound", () => {
    const published = finiteRate(link, { ...plan, bound: "composable" }).rateBps;
    expect(optimiseSource(link, { ...plan, bound: "composable" }).rate.rateBps).toBeGreaterThan(published);
  });

  it("stays inside its box", () => {
    const box = [
      [0, 1],
      [0, 2],
    ] as const;
    const top = maximise(([x = 0, y = 0]) => -((x - 0.3) ** 2) + y, [0.9, 0.1], box, 80);
    expect(top[0]).toBeCloseTo(0.3, 3);
    expect(top[1]).toBeCloseTo(2, 6);
  });
});
