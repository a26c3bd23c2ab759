import { describe, expect, it } from "vitest";
import { LINK_PRESETS } from "../../../physics/index.ts";
import { agreedSettings, blockDetections, type DistillationSettings, settingsDigest } from "./settings.ts";

const settings: DistillationSettings = {
  link: LINK_PRESETS.yuan2018.link,
  blockBits: 1e8,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-15,
  maxLeakFraction: 0.4,
};

describe("distillation settings", () => {
  it("fill in what may be left out", () => {
    expect(agreedSettings(settings)).toMatchObject({
      leakAccounting: "aliceParities",
      cohortBits: 2 ** 20,
      cohortsInFlight: 56,
      authenticationBytes: 4096,
    });
  });

  it("refuse impossible values and name the field", () => {
    const bad: [keyof DistillationSettings, unknown][] = [
      ["blockBits", 0],
      ["blockBits", 1e12],
      ["blockBits", 5000.5],
      ["epsilonSecrecy", 0],
      ["epsilonSecrecy", Number.NaN],
      ["epsilonCorrectness", 1],
      ["maxLeakFraction", 1.01],
      ["cohortBits", 2 ** 25],
      ["cohortsInFlight", 0],
      ["authenticationBytes", -1],
      ["leakAccounting", "guessed"],
      ["blockBits", "1e7"],
    ];
    for (const [field, value] of bad)
      expect(() => agreedSettings({ ...settings, [field]: value })).toThrowError(
        expect.objectContaining({ code: "QKD_CONFIG_INVALID", context: expect.objectContaining({ field }) }),
      );
    const link = { ...settings.link, aliceZProbability: 1.5 };
    expect(() => agreedSettings({ ...settings, link })).toThrowError(
      expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }),
    );
  });

  it("end a block after so many detections that it holds its bits but for five standard deviations", () => {
    const at = (blockBits: number) => blockDetections(agreedSettings({ ...settings, blockBits }));
    const { aliceZProbability, bobZProbability } = settings.link;
    for (const blockBits of [1e5, 1e7, 1e8]) {
      const mean = at(blockBits) * aliceZProbability * bobZProbability;
      // Sifted bits are Poisson-like: the mean lies five of its square roots above.
      expect(mean - 5 * Math.sqrt(mean)).toBeGreaterThan(blockBits - 30);
      expect(mean - 5 * Math.sqrt(blockBits)).toBeLessThan(blockBits + 1);
    }
  });

  it("differ in their digest exactly where the sites must agree", () => {
    const digest = (change: Partial<DistillationSettings>) =>
      Buffer.from(settingsDigest(agreedSettings({ ...settings, ...change }))).toString("hex");
    const own = digest({});
    expect(digest({ cohortBits: 2 ** 20 })).toBe(own);
    expect(digest({ link: { ...settings.link, channelLossDb: 7, deadGates: 3 } })).toBe(own);
    const others = [
      digest({ blockBits: 1e7 }),
      digest({ epsilonSecrecy: 1e-9 }),
      digest({ epsilonCorrectness: 1e-14 }),
      digest({ maxLeakFraction: 0.3 }),
      digest({ leakAccounting: "bothDirections" }),
      digest({ cohortBits: 2 ** 21 }),
      digest({ cohortsInFlight: 8 }),
      digest({ authenticationBytes: 64 }),
      digest({ link: { ...settings.link, intensities: [0.4, 0.1, 0.002] } }),
      digest({ link: { ...settings.link, bobZProbability: 0.9 } }),
      digest({ link: { ...settings.link, aliceZProbability: 0.9 } }),
      digest({ link: { ...settings.link, intensityProbabilities: [0.8, 0.1, 0.1] } }),
    ];
    expect(new Set([own, ...others]).size).toBe(13);
  });
});
