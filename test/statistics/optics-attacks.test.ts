import { describe, expect, it } from "vitest";
import { createOptics, type OpticsControl } from "../../emulator/index.ts";
import { DEFAULT_NOISE_RECEIVER, linkPreset, multiplexingNoise, predictLink } from "../../physics/index.ts";
import { OpticsTally } from "./optics-tally.ts";
import { binomialScore } from "./scores.ts";

// Some 40 scores of 5 sigma: an honest emulator fails with probability below 5e-5 over seeds; the seed is fixed.
const LIMIT = 5;
const link = {
  ...linkPreset("yuan2018").link,
  channelLossDb: 3,
  afterpulseProbability: 0,
  intensityProbabilities: [0.4, 0.3, 0.3] as const,
  aliceZProbability: 0.5,
  bobZProbability: 0.5,
};
const closed = predictLink(link);
const GATES = 50_000_000n;

async function run(controls: readonly OpticsControl[], gates = GATES) {
  const optics = await createOptics({ link, seed: 31n, controls });
  const sum = new OpticsTally();
  let photocurrentNa = 0;
  while (optics.gate < gates) {
    const frame = optics.nextFrame({ maxDetections: 2 ** 18, maxGates: gates - optics.gate });
    photocurrentNa = Math.max(photocurrentNa, frame.qrx.photocurrentNa);
    sum.add(frame);
  }
  return { sum, photocurrentNa };
}

const gain = (sum: OpticsTally, index: number) => sum.matched[index]! / (sum.sent[index]! / 2);

describe("attacks change what physics says they change", () => {
  it("blinding: gains alike for all intensities, no errors, no double clicks, a telling photocurrent", async () => {
    const attack = { lightMw: 0.5, fakedPerGate: 0.02, basisBias: 0.5 };
    const honest = await run([]);
    const { sum, photocurrentNa } = await run([{ type: "blinding", attack }]);
    expect(sum.doubleClicks).toBe(0);
    expect(sum.errors.reduce((a, b) => a + b, 0)).toBe(0);
    for (let i = 0; i < 6; i++)
      expect(Math.abs(binomialScore(sum.matched[i]!, sum.sent[i]! / 2, 0.01)), `class ${i}`).toBeLessThan(
        LIMIT,
      );
    // Half of the faked states meet the wrong basis and vanish.
    expect(Math.abs(binomialScore(sum.detections, sum.gates, 0.01))).toBeLessThan(LIMIT);
    expect(photocurrentNa).toBeGreaterThan(50 * honest.photocurrentNa);
    expect(gain(honest.sum, 0) / gain(honest.sum, 2)).toBeGreaterThan(100);
  });

  it.each([1, 0.1])(
    "photon splitting of a fraction %f: the signal keeps its gain, the decoy does not",
    async (fraction) => {
      const lossy = { ...link, channelLossDb: 10 };
      const optics = await createOptics({
        link: lossy,
        seed: 8n,
        controls: [{ type: "photonSplitting", fraction }],
      });
      const sum = new OpticsTally();
      while (optics.gate < GATES * 2n)
        sum.add(optics.nextFrame({ maxDetections: 2 ** 18, maxGates: GATES * 2n - optics.gate }));
      // Sum over photon numbers: one blocked, of n >= 2 the n - 1 others arrive without loss.
      const efficiency = lossy.detectorEfficiency[0];
      const attacked = (mean: number) => {
        let total = 0;
        let probability = Math.exp(-mean);
        for (let n = 1; n < 40; n++) {
          probability *= mean / n;
          if (n > 1) total += probability * (1 - (1 - efficiency) ** (n - 1));
        }
        return total;
      };
      const eta = 10 ** (-lossy.channelLossDb / 10) * efficiency;
      const forwarded = -Math.expm1(-lossy.intensities[0] * eta) / attacked(lossy.intensities[0]);
      const dark = 1 - (1 - lossy.darkCountsPerGate[0]) ** 2;
      for (const k of [0, 1, 2] as const) {
        const mean = lossy.intensities[k];
        const photons = (1 - fraction) * -Math.expm1(-mean * eta) + fraction * forwarded * attacked(mean);
        const expected = dark + (1 - dark) * photons;
        for (const basis of [0, 3])
          expect(
            Math.abs(binomialScore(sum.matched[basis + k]!, sum.sent[basis + k]! / 2, expected)),
            `intensity ${k}`,
          ).toBeLessThan(LIMIT);
      }
      const honest = predictLink(lossy);
      expect(gain(sum, 0) / honest.gains[0]).toBeCloseTo(1, 1);
      if (fraction === 1) expect(gain(sum, 1)).toBeLessThan(0.5 * honest.gains[1]);
      expect(sum.errors[0]! / sum.matched[0]!).toBeLessThan(0.02);
    },
  );

  it("time shift: the detector whose gate comes first wins", async () => {
    const { sum: straight } = await run([{ type: "gateAlignment", delayPs: 0, skewPs: 60 }]);
    const { sum: shifted } = await run([
      { type: "gateAlignment", delayPs: 0, skewPs: 60 },
      { type: "timeShift", ps: -60 },
    ]);
    const balance = (sum: OpticsTally) => sum.fired[0] / (sum.fired[0] + sum.fired[1]);
    expect(
      Math.abs(binomialScore(straight.fired[0], straight.fired[0] + straight.fired[1], 0.5)),
    ).toBeLessThan(LIMIT);
    // Gates 30 ps before and after: the pulse now lies 30 and 90 ps off their middles.
    const twiceVariance = (150 ** 2 + 35 ** 2) / (4 * Math.log(2));
    const [near, far] = [Math.exp(-(30 ** 2) / twiceVariance), Math.exp(-(90 ** 2) / twiceVariance)];
    const [eta] = link.detectorEfficiency;
    const unequal = predictLink({ ...link, detectorEfficiency: [eta * near, eta * far] });
    for (const k of [0, 1, 2] as const)
      expect(
        Math.abs(binomialScore(shifted.matched[k]!, shifted.sent[k]! / 2, unequal.gains[k])),
      ).toBeLessThan(LIMIT);
    expect(balance(shifted)).toBeCloseTo(near / (near + far), 2);
  });

  it("Trojan light: nothing but the monitor notices", async () => {
    const optics = await createOptics({ link, seed: 31n });
    const other = await createOptics({ link, seed: 31n, controls: [{ type: "trojanLight", dbm: -40 }] });
    const limits = { maxDetections: 5000, maxGates: GATES };
    expect(other.nextFrame(limits)).toEqual(optics.nextFrame(limits));
    expect(other.conditions.trojanLightDbm).toBe(-40);
  });
});

describe("imperfections", () => {
  it("dispersion costs the signal that falls outside the gates", async () => {
    const { sum } = await run([{ type: "dispersion", ps: 85 }]);
    // Gaussian overlap: sqrt(g + p) / sqrt(g + p + 85^2) with full widths 150 and 35 ps.
    const own = (150 ** 2 + 35 ** 2) / (8 * Math.log(2));
    const weaker = predictLink({
      ...link,
      channelLossDb: link.channelLossDb - 10 * Math.log10(Math.sqrt(own / (own + 85 ** 2))),
    });
    for (const k of [0, 1, 2] as const)
      expect(Math.abs(binomialScore(sum.matched[k]!, sum.sent[k]! / 2, weaker.gains[k]))).toBeLessThan(LIMIT);
  });

  it("classical channels on the fibre add the noise that their plan predicts", async () => {
    const plan = {
      channels: [
        { frequencyThz: 193.8, launchDbm: -10, direction: "forward" as const },
        { frequencyThz: 192.6, launchDbm: -7, direction: "backward" as const },
      ],
      quantumWavelengthNm: 1550.12,
      fibreKm: 15,
    };
    const noise = multiplexingNoise(plan.channels, {
      ...DEFAULT_NOISE_RECEIVER,
      quantumWavelengthNm: plan.quantumWavelengthNm,
      fibreKm: plan.fibreKm,
      receiverTransmittance: 10 ** (-link.receiverLossDb / 10),
      detectorEfficiency: link.detectorEfficiency[0],
    });
    expect(noise.total).toBeGreaterThan(1e-4);
    const noisy = predictLink({ ...link, noisePerGate: noise.total });
    const { sum } = await run([{ type: "multiplex", plan }]);
    for (const i of [0, 1, 2, 3, 4, 5])
      expect(
        Math.abs(binomialScore(sum.matched[i]!, sum.sent[i]! / 2, noisy.gains[i % 3]!)),
        `class ${i}`,
      ).toBeLessThan(LIMIT);
    const optics = await createOptics({ link, seed: 1n });
    const mad = { ...plan, channels: [{ frequencyThz: -5, launchDbm: 0, direction: "forward" as const }] };
    expect(() => optics.control({ type: "multiplex", plan: mad })).toThrow(
      expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }),
    );
  });

  it("jitter keeps the mean and adds its variance to second order", async () => {
    const { sum } = await run([{ type: "intensityJitter", relative: 0.3 }]);
    const eta = closed.systemTransmittance;
    for (const k of [0, 1] as const) {
      const mean = eta * link.intensities[k];
      const expected = closed.gains[k] - (Math.exp(-mean) * (0.3 * mean) ** 2) / 2;
      expect(Math.abs(binomialScore(sum.matched[k]!, sum.sent[k]! / 2, expected)), "uv"[k]).toBeLessThan(
        LIMIT,
      );
    }
  });

  it("pattern effect: each pulse follows its predecessor", async () => {
    const relative = [0.2, -0.1, -0.3] as const;
    const { sum } = await run([{ type: "patternEffect", relative }]);
    for (const k of [0, 1] as const) {
      const expected = relative.reduce((total, change, before) => {
        const intensities = link.intensities.map((mean) => mean * (1 + change)) as [number, number, number];
        return total + link.intensityProbabilities[before]! * predictLink({ ...link, intensities }).gains[k];
      }, 0);
      expect(Math.abs(binomialScore(sum.matched[k]!, sum.sent[k]! / 2, expected)), "uv"[k]).toBeLessThan(
        LIMIT,
      );
    }
  });

  it("phase drift raises the error by V sigma^2 / 8 kappa on average", async () => {
    const kappa = 1e4;
    const sigma = 30;
    const { sum } = await run(
      [{ type: "phaseDrift", relaxationPerS: kappa, diffusionRadPerSqrtS: sigma }],
      600_000_000n,
    );
    const variance = sigma ** 2 / (2 * kappa);
    const visibility = 1 - 2 * link.misalignment.z;
    // Exactly: the mean of cos(delta) for a normal delta is exp(-variance / 2).
    const extra = (visibility * (1 - Math.exp(-variance / 2))) / 2;
    const measured = sum.errors[0]! / sum.matched[0]! - closed.qberPerIntensity.z[0];
    // 572 slices of nearly independent phases: the mean's own spread is about variance V / 4 sqrt(2 / 572).
    expect(Math.abs(measured - extra)).toBeLessThan(LIMIT * (variance / 4) * Math.sqrt(2 / 572));
  });
});
