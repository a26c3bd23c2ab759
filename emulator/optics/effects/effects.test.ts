import { describe, expect, it } from "vitest";
import { linkPreset } from "../../../physics/index.ts";
import { nominalConditions } from "../conditions.ts";
import type { OpticsControl } from "../control.ts";
import { createOptics } from "../create-optics.ts";
import { clockDelayPs } from "./clock-drift.ts";

const link = {
  ...linkPreset("yuan2018").link,
  clockHz: 1e8,
  channelLossDb: 5,
  afterpulseProbability: 0,
  aliceZProbability: 0.5,
  bobZProbability: 0.5,
};
const GATES = 40_000_000n;

/** Counts of one frame under controls; the scores below allow five standard deviations. */
async function seen(
  controls: readonly OpticsControl[],
  intensityProbabilities = link.intensityProbabilities,
) {
  const optics = await createOptics({ link: { ...link, intensityProbabilities }, seed: 11n, controls });
  const { counts, detections } = optics.nextFrame({ maxDetections: 2 ** 24, maxGates: GATES });
  return { detections, qber: [0, 1].map((basis) => counts.wrong[basis]! / counts.matched[basis]!), counts };
}

async function ratio(controls: readonly OpticsControl[]): Promise<number> {
  return (await seen(controls)).detections / (await seen([])).detections;
}

describe("effects that are off unless set", () => {
  it("leave the light as it is when they are set to nothing", async () => {
    const off: OpticsControl[] = [
      { type: "timingJitter", ps: 0, tail: 0 },
      { type: "chargePersistence", share: 0 },
      { type: "efficiencySlope", perK: 0 },
      { type: "polarisation", radian: 0 },
      { type: "modeHop", radian: 0 },
      { type: "clockDrift", ppb: 0, recentreS: 1 },
      { type: "preparation", radian: { z: 0, x: 0 } },
      { type: "modulatorOffset", volt: 0 },
      { type: "drift", clock: undefined },
    ];
    expect(await seen(off)).toEqual(await seen([]));
  });

  it("jitter loses light by the gate's width, and brings late light that carries no bit", async () => {
    // Pulse of 35 ps in a gate of 150 ps, both full width at half maximum.
    const variance = (150 ** 2 + 35 ** 2) / (8 * Math.log(2));
    const narrow = Math.sqrt(variance / (variance + 40 ** 2));
    expect(Math.abs((await ratio([{ type: "timingJitter", ps: 40, tail: 0 }])) - narrow)).toBeLessThan(0.006);
    const quiet = await seen([]);
    const late = await seen([{ type: "timingJitter", ps: 0, tail: 0.1 }]);
    expect(Math.abs(late.detections / quiet.detections - 1.1)).toBeLessThan(0.01);
    for (const basis of [0, 1])
      expect(Math.abs(late.qber[basis]! - (quiet.qber[basis]! + 0.05) / 1.1)).toBeLessThan(0.003);
  });

  it("charge persistence follows the light of all gates, and there is none in the dark", async () => {
    expect(Math.abs((await ratio([{ type: "chargePersistence", share: 0.05 }])) - 1.05)).toBeLessThan(0.01);
    const dark: OpticsControl = { type: "laser", on: false };
    expect((await seen([dark, { type: "chargePersistence", share: 0.05 }])).detections).toBe(
      (await seen([dark])).detections,
    );
  });

  it("a slope takes efficiency from warm detectors and none from those at nominal", async () => {
    const slope: OpticsControl = { type: "efficiencySlope", perK: -0.01 };
    expect(await ratio([slope])).toBe(1);
    const warm: OpticsControl = { type: "detectorTemperature", celsius: -20 };
    const change = (await seen([slope, warm])).detections / (await seen([warm])).detections;
    expect(Math.abs(change - 0.9)).toBeLessThan(0.008);
  });

  it("a turned polarisation is a loss and no error", async () => {
    const quiet = await seen([]);
    const turned = await seen([{ type: "polarisation", radian: 0.5 }]);
    expect(Math.abs(turned.detections / quiet.detections - Math.cos(0.5) ** 2)).toBeLessThan(0.007);
    expect(Math.abs(turned.qber[0]! - quiet.qber[0]!)).toBeLessThan(0.003);
  });

  it("a mode hop is a step beside the phase error that is set or drifts, and leaves it when it is over", async () => {
    const visibility = 1 - 2 * link.misalignment.z;
    const both = await seen([
      { type: "phaseError", radian: 0.3 },
      { type: "modeHop", radian: 0.4 },
    ]);
    expect(Math.abs(both.qber[0]! - (1 - visibility * Math.cos(0.7)) / 2)).toBeLessThan(0.004);
    const over: OpticsControl[] = [
      { type: "phaseError", radian: 0.3 },
      { type: "modeHop", radian: 0.4 },
      { type: "modeHop", radian: 0 },
    ];
    expect(await seen(over)).toEqual(await seen([{ type: "phaseError", radian: 0.3 }]));
  });

  it("a wrong phase of bit 1 makes errors in its own basis alone", async () => {
    const quiet = await seen([]);
    const wrong = await seen([{ type: "preparation", radian: { z: 0, x: 0.4 } }]);
    const visibility = 1 - 2 * link.misalignment.x;
    expect(Math.abs(wrong.qber[0]! - quiet.qber[0]!)).toBeLessThan(0.002);
    const more = (visibility * (1 - Math.cos(0.4))) / 4;
    expect(Math.abs(wrong.qber[1]! - quiet.qber[1]! - more)).toBeLessThan(0.003);
  });

  it("clocks that run apart sweep the gates evenly, and lose light by it", async () => {
    const conditions = { ...nominalConditions(link), clockDrift: { ppb: 2, recentreS: 0.1 } };
    expect([0, 0.05, 0.1, 0.175].map((s) => Math.round(clockDelayPs(conditions, s)))).toEqual([
      -100, 0, -100, 50,
    ]);
    const variance = (150 ** 2 + 35 ** 2) / (8 * Math.log(2));
    const steps = Array.from({ length: 2000 }, (_, i) => Math.exp(-((-100 + i / 10) ** 2) / (2 * variance)));
    const mean = steps.reduce((sum, value) => sum + value, 0) / steps.length;
    expect(Math.abs((await ratio([{ type: "clockDrift", ppb: 2, recentreS: 0.1 }])) - mean)).toBeLessThan(
      0.02,
    );
  });

  it.each<OpticsControl>([
    { type: "timingJitter", ps: -1, tail: 0 },
    { type: "timingJitter", ps: 0, tail: 0.5 },
    { type: "chargePersistence", share: 0.5 },
    { type: "efficiencySlope", perK: 1 },
    { type: "polarisation", radian: 2 },
    { type: "modeHop", radian: 4 },
    { type: "clockDrift", ppb: 1000, recentreS: 1 },
    { type: "clockDrift", ppb: 1, recentreS: 0 },
    { type: "preparation", radian: { z: 2, x: 0 } },
    { type: "preparation", radian: { z: 0, x: -2 } },
    { type: "modulatorOffset", volt: 9 },
  ])("refuse %j", async (control) => {
    await expect(createOptics({ link, seed: 1n, controls: [control] })).rejects.toMatchObject({
      code: "QKD_PHYSICS_RANGE",
    });
  });
});
