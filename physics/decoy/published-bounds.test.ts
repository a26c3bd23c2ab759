import { describe, expect, it } from "vitest";
import type { LinkParameters } from "../link-parameters.ts";
import { LINK_PRESETS } from "../presets/index.ts";
import {
  ALL_INTENSITIES_FORM,
  asymptoticRate,
  type DistillationPlan,
  finiteRate,
  type KeyLengthRequest,
  lim2014KeyLength,
} from "./index.ts";

const t12 = LINK_PRESETS.t12.link;
const yuan = LINK_PRESETS.yuan2018.link;
const EPSILON = { reconciliationEfficiency: 1.1, epsilonSecrecy: 1e-10, epsilonCorrectness: 1e-10 };
const relative = (value: number, reference: number) => Math.abs(value / reference - 1);
const rateMbps = (link: LinkParameters, plan: Omit<DistillationPlan, keyof typeof EPSILON>) =>
  finiteRate(link, { ...plan, ...EPSILON }).rateBps / 1e6;

describe("T12 bound", () => {
  it("gives the published secure rate of the 50 km experiment within 8 %", () => {
    expect(relative(rateMbps(t12, { bound: "t12", sessionS: 1200 }), 1.09)).toBeLessThan(0.08);
  });

  it.each([
    [2, 15.65, 13.72],
    [7, 4.83, 4.2],
    [10, 2.39, 2.07],
    [13, 1.17, 1.0],
    [20, 0.198, 0.159],
  ])("gives the yuan2018 table at %s dB", (channelLossDb, asymptotic, finite) => {
    const link = { ...yuan, channelLossDb };
    expect(relative(asymptoticRate(link, 1.1).rateBps / 1e6, asymptotic)).toBeLessThan(0.02);
    expect(relative(rateMbps(link, { bound: "t12", blockBits: 1e8 }), finite)).toBeLessThan(0.02);
  });

  it("charges short blocks at 2 dB as the paper's rule does", () => {
    expect(rateMbps(yuan, { bound: "t12", blockBits: 1e6 })).toBe(0);
    expect(relative(rateMbps(yuan, { bound: "t12", blockBits: 1e7 }), 7.7)).toBeLessThan(0.02);
    expect(relative(rateMbps(yuan, { bound: "t12", blockBits: 1e9 }), 15.1)).toBeLessThan(0.02);
  });
});

describe("Lim 2014", () => {
  const published = (u: number, v: number, pu: number, pv: number): LinkParameters => ({
    ...t12,
    intensities: [u, v, 0.001],
    intensityProbabilities: [pu, pv, 1 - pu - pv],
    aliceZProbability: 0.914,
    bobZProbability: 0.914,
  });

  it("reaches the known rates with optimised probabilities at 50 km", () => {
    const chernoff = rateMbps(published(0.385, 0.09, 0.876, 0.067), {
      bound: "lim-chernoff",
      blockBits: 1e8,
    });
    expect(relative(chernoff, 0.802)).toBeLessThan(0.01);
    const hoeffding = rateMbps(published(0.385, 0.208, 0.453, 0.39), { bound: "lim", blockBits: 1e8 });
    expect(relative(hoeffding, 0.63)).toBeLessThan(0.01);
  });

  it.each([1e7, 1e8, 1e9, 1e11])(
    "gives no key in Hoeffding's form with T12's probabilities, %s bits",
    (blockBits) => {
      expect(rateMbps({ ...t12, channelLossDb: 10 }, { bound: "lim", blockBits })).toBe(0);
    },
  );

  it("charges less when deviations shrink", () => {
    const plan = { blockBits: 1e8 } as const;
    const link = published(0.385, 0.09, 0.876, 0.067);
    expect(rateMbps(link, { ...plan, bound: "lim-chernoff" })).toBeGreaterThan(
      rateMbps(link, { ...plan, bound: "lim" }),
    );
  });
});

describe("every bound", () => {
  const bounds = ["t12", "lim", "lim-chernoff", "rusca", "composable"] as const;

  it.each(bounds)("%s grows with the block and falls with loss", (bound) => {
    const link: LinkParameters = {
      ...yuan,
      intensityProbabilities: [0.5, 0.35, 0.15],
      aliceZProbability: 0.85,
      bobZProbability: 0.85,
    };
    let previous = -1;
    for (const blockBits of [1e5, 1e6, 1e7, 1e8, 1e9, 1e10]) {
      const rate = rateMbps(link, { bound, blockBits });
      expect(rate).toBeGreaterThanOrEqual(previous);
      previous = rate;
    }
    expect(previous).toBeGreaterThan(1);
    for (let channelLossDb = 2; channelLossDb <= 30; channelLossDb += 4) {
      const rate = rateMbps({ ...link, channelLossDb }, { bound, blockBits: 1e8 });
      expect(rate).toBeLessThan(previous);
      if (rate === 0) break;
      previous = rate;
    }
  });

  it.each(bounds)("%s gives no key at 25 %% errors", (bound) => {
    const noisy = { ...yuan, misalignment: { z: 0.25, x: 0.25 } };
    expect(rateMbps(noisy, { bound, blockBits: 1e9 })).toBe(0);
  });

  it.each(bounds)("%s survives a dead link", (bound) => {
    const dark: LinkParameters = {
      ...yuan,
      detectorEfficiency: [0, 0],
      darkCountsPerGate: [0, 0],
      afterpulseProbability: 0,
    };
    expect(finiteRate(dark, { ...EPSILON, bound, blockBits: 1e6 }).rateBps).toBe(0);
    expect(finiteRate(dark, { ...EPSILON, bound, sessionS: 10 }).rateBps).toBe(0);
  });

  it.each(["lim", "lim-chernoff", "composable"] as const)(
    "%s stays below its asymptotic rate and comes near it",
    (bound) => {
      for (const channelLossDb of [2, 10, 18]) {
        const link = { ...yuan, channelLossDb };
        const limit = asymptoticRate(link, 1.1, ALL_INTENSITIES_FORM).rateBps / 1e6;
        const rate = rateMbps(link, { bound, blockBits: 1e12 });
        expect(rate).toBeLessThan(limit);
        expect(rate).toBeGreaterThan(0.9 * limit);
      }
    },
  );

  it("refuses impossible plans", () => {
    const plan: DistillationPlan = { ...EPSILON, bound: "t12", blockBits: 1e6 };
    for (const change of [
      { blockBits: 0 },
      { blockBits: Number.NaN },
      { sessionS: -1 },
      { reconciliationEfficiency: 0.9 },
      { epsilonSecrecy: 0 },
    ]) {
      expect(() => finiteRate(yuan, { ...plan, ...change })).toThrow(
        expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }),
      );
    }
    const request: KeyLengthRequest = {
      ...EPSILON,
      source: { ...yuan, intensities: [0.3, 0.2, 0.15] },
      counts: finiteRate(yuan, plan).counts,
    };
    expect(() => lim2014KeyLength(request, "hoeffding")).toThrow(/intensities\[0\]/);
  });
});
