import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedCounts } from "./expected-counts.ts";
import type { LinkParameters } from "./link-parameters.ts";
import { predictLink } from "./link-prediction.ts";
import { LINK_PRESETS, linkPreset } from "./presets/index.ts";

const t12 = LINK_PRESETS.t12.link;
const yuan = LINK_PRESETS.yuan2018.link;
const relative = (value: number, reference: number) => Math.abs(value / reference - 1);

describe("closed form at the published points", () => {
  it("reproduces the counts of the T12 experiment at 50 km", () => {
    const { sifted } = expectedCounts(t12, 1.2e12);
    const published = [5.016e9, 6.21e6, 1.259e6, 2.231e7, 2.843e4, 5.79e3];
    const allowed = [0.01, 0.02, 0.05, 0.01, 0.02, 0.05];
    published.forEach((count, index) => {
      expect(relative(sifted[index] ?? 0, count), `count ${index}`).toBeLessThan(allowed[index] ?? 0);
    });
  });

  it("reproduces its signal error rates", () => {
    const { qberPerIntensity } = predictLink(t12);
    expect(Math.abs(qberPerIntensity.z[0] - 0.0426)).toBeLessThan(0.002);
    expect(Math.abs(qberPerIntensity.x[0] - 0.0364)).toBeLessThan(0.0065);
    expect(qberPerIntensity.z[1]).toBeCloseTo(0.2, 1);
    expect(qberPerIntensity.z[2]).toBeCloseTo(0.48, 1);
  });

  it("shows what afterpulses add to the vacuum gain", () => {
    expect(predictLink(t12).gains[2]).toBeCloseTo(3.03e-4, 5);
    expect(predictLink({ ...t12, afterpulseProbability: 0 }).gains[2]).toBeCloseTo(5.3e-5, 5);
  });

  it.each([
    [2, 0.0444, 0.023, 39.2],
    [7, 0.0143, 0.0237, 12.6],
    [10, 0.00721, 0.0243, 6.36],
    [13, 0.00363, 0.0255, 3.2],
    [20, 7.4e-4, 0.035, 0.655],
  ])("gives the yuan2018 table at %s dB", (channelLossDb, clicks, qber, siftedMbps) => {
    const prediction = predictLink({ ...yuan, channelLossDb });
    expect(relative(prediction.clicksPerGate, clicks)).toBeLessThan(0.02);
    expect(relative(prediction.qberPerIntensity.z[0], qber)).toBeLessThan(0.02);
    expect(relative(prediction.siftedRateBps, siftedMbps * 1e6)).toBeLessThan(0.02);
  });
});

describe("closed form", () => {
  const quiet: LinkParameters = { ...t12, darkCountsPerGate: [0, 0], afterpulseProbability: 0 };

  it("reduces to 1 - exp(-eta k) and the misalignment without background", () => {
    const { gains, qberPerIntensity, systemTransmittance } = predictLink(quiet);
    quiet.intensities.forEach((k, index) => {
      expect(gains[index]).toBeCloseTo(-Math.expm1(-k * systemTransmittance), 14);
    });
    expect(qberPerIntensity.z[2]).toBeCloseTo(quiet.misalignment.z, 5);
  });

  it("agrees with an independent evaluation of physics paper 1.3 and 1.4", () => {
    const { gains, qberPerIntensity, background } = predictLink(t12);
    const [b] = background;
    const eta = 10 ** (-(t12.channelLossDb + t12.receiverLossDb) / 10) * 0.205;
    t12.intensities.forEach((k, index) => {
      const correctQuiet = (1 - b) * Math.exp(-eta * k * (1 - t12.misalignment.z));
      const wrongQuiet = (1 - b) * Math.exp(-eta * k * t12.misalignment.z);
      const gain = 1 - correctQuiet * wrongQuiet;
      const error = (1 - wrongQuiet) * correctQuiet + ((1 - correctQuiet) * (1 - wrongQuiet)) / 2;
      expect(gains[index]).toBeCloseTo(gain, 14);
      expect(qberPerIntensity.z[index]).toBeCloseTo(error / gain, 12);
    });
    const mean = gains.reduce((sum, gain, k) => sum + gain * (t12.intensityProbabilities[k] ?? 0), 0);
    expect(relative(b, 2.1e-5 + (0.0525 * mean) / 2)).toBeLessThan(1e-3);
  });

  it("caps clicks at one per dead time", () => {
    const bright: LinkParameters = {
      ...quiet,
      channelLossDb: 0,
      receiverLossDb: 0,
      intensities: [9, 1, 0],
      deadGates: 20,
    };
    const { clicksPerGate, liveFraction } = predictLink(bright);
    expect(clicksPerGate).toBeLessThan(1 / 20);
    expect(clicksPerGate).toBeGreaterThan(0.8 / 21);
    expect(liveFraction).toBeCloseTo(1 - 20 * clicksPerGate, 10);
  });

  const afterpulsesOf = (link: LinkParameters) => predictLink(link).background[0] - link.darkCountsPerGate[0];

  it("loses the afterpulses that fall into the dead time", () => {
    const decay = [{ weight: 1, gates: 10 }];
    const rare = { channelLossDb: 30, afterpulseProbability: 2e-3 };
    const slow = { ...t12, ...rare, deadGates: 10, afterpulseDecay: decay };
    const released = (2e-3 * Math.exp(-1) * predictLink(slow).clicksPerGate) / 2;
    expect(relative(afterpulsesOf(slow), released)).toBeLessThan(1e-3);
  });

  it("finds every carrier of slow traps in a live gate as often as any gate is live", () => {
    const gates = 1e6;
    const slow = { ...t12, channelLossDb: 0, deadGates: 50, afterpulseDecay: [{ weight: 1, gates }] };
    const { clicksPerGate, doubleClicksPerGate } = predictLink(slow);
    const avalanches = (clicksPerGate + doubleClicksPerGate) / 2;
    expect(relative(afterpulsesOf(slow), 0.0525 * avalanches)).toBeLessThan(2e-3);
  });

  it("follows cycles of clicks to what has no dead time", () => {
    const bright = { ...t12, channelLossDb: 0, detectorEfficiency: [0.2, 0.1] as const };
    const none = predictLink(bright);
    const one = predictLink({ ...bright, deadGates: 1, afterpulseDecay: [{ weight: 1, gates: 300 }] });
    expect(relative(one.background[0], none.background[0] * one.liveFraction)).toBeLessThan(0.01);
    expect(relative(one.background[1], none.background[1] * one.liveFraction)).toBeLessThan(0.01);
  });

  it("adds noise light to both detectors", () => {
    const { background } = predictLink({ ...quiet, noisePerGate: 1e-4 });
    expect(background[0]).toBeCloseTo(5e-5, 12);
    expect(background[1]).toBeCloseTo(5e-5, 12);
  });

  it("keeps unequal detectors apart", () => {
    const { background, qber } = predictLink({ ...t12, detectorEfficiency: [0.25, 0.1] });
    expect(background[0]).toBeGreaterThan(background[1]);
    expect(qber.z).toBeGreaterThan(0);
  });

  it("gives an error rate of one half in the dark", () => {
    const dark = predictLink({ ...quiet, detectorEfficiency: [0, 0] });
    expect(dark.qber).toEqual({ z: 0.5, x: 0.5 });
    expect(dark.clicksPerGate).toBe(0);
  });
});

describe("closed form of any link", () => {
  const share = (max: number) => fc.double({ min: 0, max, noNaN: true });
  const anyLink = fc
    .record({
      u: fc.double({ min: 0.2, max: 1.5, noNaN: true }),
      lossDb: share(40),
      efficiency: fc.tuple(share(1), share(1)),
      dark: fc.tuple(share(1e-3), share(1e-3)),
      afterpulse: share(0.2),
      deadGates: fc.integer({ min: 0, max: 200 }),
      misalignment: share(0.2),
      noise: share(1e-3),
    })
    .map(
      (any): LinkParameters => ({
        ...t12,
        intensities: [any.u, any.u / 4, any.u / 400],
        channelLossDb: any.lossDb,
        detectorEfficiency: any.efficiency,
        darkCountsPerGate: any.dark,
        afterpulseProbability: any.afterpulse,
        deadGates: any.deadGates,
        misalignment: { z: any.misalignment, x: any.misalignment / 2 },
        noisePerGate: any.noise,
      }),
    );

  it("has gains that grow with intensity, error rates of at most one half, and a click budget", () => {
    fc.assert(
      fc.property(anyLink, (link) => {
        const { gains, qberPerIntensity, clicksPerGate, liveFraction, background, siftedPerGate } =
          predictLink(link);
        expect(gains[0]).toBeGreaterThanOrEqual(gains[1]);
        expect(gains[1]).toBeGreaterThanOrEqual(gains[2]);
        for (const rate of [...qberPerIntensity.z, ...qberPerIntensity.x]) {
          expect(rate).toBeGreaterThanOrEqual(0);
          expect(rate).toBeLessThanOrEqual(0.5 + 1e-12);
        }
        expect(clicksPerGate).toBeLessThanOrEqual(1 / (1 + link.deadGates) + 1e-12);
        expect(liveFraction).toBeCloseTo(1 - link.deadGates * clicksPerGate, 9);
        for (const probability of background) expect(probability).toBeLessThan(1);
        expect(siftedPerGate.z + siftedPerGate.x).toBeLessThanOrEqual(clicksPerGate + 1e-15);
      }),
      { numRuns: 300, seed: 1807 },
    );
  });
});

describe("bad parameters", () => {
  it.each<[string, Partial<LinkParameters>]>([
    ["channelLossDb", { channelLossDb: -1 }],
    ["channelLossDb", { channelLossDb: Number.NaN }],
    ["intensities[1]", { intensities: [0.1, 0.4, 0] }],
    ["intensities[2]", { intensities: [0.4, 0.1, 0.1] }],
    ["intensityProbabilities", { intensityProbabilities: [0.5, 0.2, 0.2] }],
    ["intensityProbabilities[0]", { intensityProbabilities: [1.2, -0.1, -0.1] }],
    ["aliceZProbability", { aliceZProbability: 1 }],
    ["detectorEfficiency[1]", { detectorEfficiency: [0.2, 1.2] }],
    ["darkCountsPerGate[0]", { darkCountsPerGate: [1, 0] }],
    ["deadGates", { deadGates: 1.5 }],
    ["misalignment.x", { misalignment: { z: 0, x: 0.6 } }],
    ["afterpulseDecay", { afterpulseDecay: [] }],
    ["afterpulseDecay.weight", { afterpulseDecay: [{ weight: 0.4, gates: 3 }] }],
    ["noisePerGate", { noisePerGate: Number.POSITIVE_INFINITY }],
    ["clockHz", { clockHz: 0 }],
  ])("names %s", (field, change) => {
    expect(() => predictLink({ ...t12, ...change })).toThrow(
      expect.objectContaining({ code: "QKD_PHYSICS_RANGE", message: expect.stringContaining(`${field} is`) }),
    );
  });

  it("reports afterpulses that fill every gate", () => {
    const runaway = {
      ...t12,
      afterpulseProbability: 0.99,
      channelLossDb: 0,
      receiverLossDb: 0,
      darkCountsPerGate: [0.9, 0.9] as const,
    };
    expect(() => predictLink(runaway)).toThrow(expect.objectContaining({ code: "QKD_PHYSICS_OVERFLOW" }));
  });

  it("names an unknown preset and the known ones", () => {
    expect(() => linkPreset("toString")).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_INVALID", remedy: expect.stringContaining("yuan2018") }),
    );
  });
});
