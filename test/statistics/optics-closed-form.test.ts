import { describe, expect, it } from "vitest";
import { createOptics, type OpticsControl } from "../../emulator/index.ts";
import { type LinkParameters, linkPreset, predictLink } from "../../physics/index.ts";
import { OpticsTally } from "./optics-tally.ts";
import { binomialScore } from "./scores.ts";

// About 300 scores in this file. Each passes within 5 sigma (5.7e-7 two-sided), so an honest emulator fails the file
// with probability below 2e-4 over seeds; the seed is fixed, so it either fails always or never.
const LIMIT = 5;
const SEED = 20250117n;

const audit = (link: LinkParameters): LinkParameters => ({
  ...link,
  intensityProbabilities: [1 / 3, 1 / 3, 1 / 3],
  aliceZProbability: 0.5,
  bobZProbability: 0.5,
});
const t12 = linkPreset("t12").link;
const yuan = linkPreset("yuan2018").link;

async function tally(link: LinkParameters, gates: bigint, controls: readonly OpticsControl[] = []) {
  const optics = await createOptics({ link, seed: SEED, controls });
  const sum = new OpticsTally();
  while (optics.gate < gates)
    sum.add(optics.nextFrame({ maxDetections: 2 ** 18, maxGates: gates - optics.gate }));
  return sum;
}

function expectClosedForm(sum: OpticsTally, link: LinkParameters, wrongBobZ = link.bobZProbability): void {
  const closed = predictLink(link);
  // Afterpulses cluster clicks; dead time and drift of the mean do the opposite.
  const inflation = Math.sqrt(1 + 2 * link.afterpulseProbability);
  const within = (what: string, score: number) => expect(Math.abs(score), what).toBeLessThan(LIMIT);
  within("clicks", binomialScore(sum.detections, sum.gates, closed.clicksPerGate, inflation));
  within("doubles", binomialScore(sum.doubleClicks, sum.gates, closed.doubleClicksPerGate, inflation));
  for (const basis of [0, 1]) {
    const bob = basis === 0 ? wrongBobZ : 1 - wrongBobZ;
    const alice = basis === 0 ? link.aliceZProbability : 1 - link.aliceZProbability;
    const qber = basis === 0 ? closed.qberPerIntensity.z : closed.qberPerIntensity.x;
    for (const k of [0, 1, 2]) {
      const i = basis * 3 + k;
      const name = `${"zx"[basis]}${"uvw"[k]}`;
      within(`sent ${name}`, binomialScore(sum.sent[i]!, sum.gates, alice * link.intensityProbabilities[k]!));
      within(`gain ${name}`, binomialScore(sum.matched[i]!, sum.sent[i]! * bob, closed.gains[k]!, inflation));
      within(
        `crossed gain ${name}`,
        binomialScore(sum.crossed[i]!, sum.sent[i]! * (1 - bob), closed.gains[k]!, inflation),
      );
      within(`QBER ${name}`, binomialScore(sum.errors[i]!, sum.matched[i]!, qber[k]!, inflation));
      within(`crossed bit ${name}`, binomialScore(sum.crossedEqual[i]!, sum.crossed[i]!, 0.5, inflation));
    }
  }
}

describe("event sampling against the closed form", () => {
  it.each([
    ["T12 at 10 dB", { ...t12 }, 200_000_000n],
    ["T12 in audit mode at 10 dB", audit(t12), 300_000_000n],
    ["yuan2018 at 2 dB", { ...yuan }, 100_000_000n],
    [
      "audit mode at 0 dB without afterpulses",
      { ...audit(yuan), channelLossDb: 0, afterpulseProbability: 0 },
      60_000_000n,
    ],
    [
      "audit mode, 5 dB, noise photons",
      { ...audit(yuan), channelLossDb: 5, noisePerGate: 2e-3 },
      100_000_000n,
    ],
    [
      "audit mode at 15 dB with 20 dead gates",
      { ...audit(t12), channelLossDb: 15, deadGates: 20 },
      300_000_000n,
    ],
  ] as const)("agrees at %s", async (_, link, gates) => {
    expectClosedForm(await tally(link, gates), link);
  });

  it("agrees with 50 dead gates at high gain, and counts them", async () => {
    const link = { ...audit(yuan), channelLossDb: 2, deadGates: 50, afterpulseProbability: 0 };
    // The share of dead gates has a standard deviation of 2.5 / sqrt(gates), so that the bound below is five of them.
    const sum = await tally(link, 700_000_000n);
    expectClosedForm(sum, link);
    expect(sum.deadGates / sum.gates).toBeCloseTo(1 - predictLink(link).liveFraction, 3);
    expect(Math.abs(sum.deadGates - 50 * sum.detections)).toBeLessThanOrEqual(50);
  });

  it("keeps unequal detectors apart", async () => {
    const link = {
      ...audit(yuan),
      detectorEfficiency: [0.25, 0.15] as const,
      darkCountsPerGate: [1e-4, 5e-4] as const,
    };
    const sum = await tally(link, 100_000_000n);
    expectClosedForm(sum, link);
    expect(sum.fired[0] / sum.fired[1]).toBeGreaterThan(1.5);
  });

  it("shows dark counts alone with the laser off or the fibre cut", async () => {
    for (const control of [
      { type: "laser", on: false },
      { type: "fibreCut", cut: true },
    ] as const) {
      const sum = await tally(audit(t12), 200_000_000n, [control]);
      const dark = { ...audit(t12), intensities: [3e-12, 2e-12, 1e-12] as const };
      expectClosedForm(sum, dark);
    }
  });

  it("answers an intercepting Eve with the errors that her basis choice implies", async () => {
    const link = { ...audit(yuan), channelLossDb: 2, afterpulseProbability: 0 };
    const closed = predictLink(link);
    for (const [fraction, basisBias] of [
      [1, 0.9375],
      [0.3, 0.5],
      [0.05, 0.9375],
    ] as const) {
      const sum = await tally(link, 60_000_000n, [{ type: "interceptResend", fraction, basisBias }]);
      const guessed = [basisBias, 1 - basisBias];
      for (const basis of [0, 1]) {
        const honest = (basis === 0 ? closed.qberPerIntensity.z : closed.qberPerIntensity.x)[0]!;
        const expected =
          (1 - fraction) * honest + fraction * (guessed[basis]! * honest + (1 - guessed[basis]!) / 2);
        const score = binomialScore(sum.errors[basis * 3]!, sum.matched[basis * 3]!, expected);
        expect(Math.abs(score), `basis ${basis}, fraction ${fraction}`).toBeLessThan(LIMIT);
      }
      expect(Math.abs(binomialScore(sum.detections, sum.gates, closed.clicksPerGate))).toBeLessThan(LIMIT);
    }
  });
});
