import { beforeAll, describe, expect, it } from "vitest";
import type { DistillationSettings } from "../../controller/index.ts";
import { createOptics } from "../../emulator/index.ts";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { LINK_PRESETS, type LinkParameters, predictLink } from "../../physics/index.ts";
import { DistillationRig } from "./distillation-rig.ts";
import type { EngineFrame } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** The detectors of the 10 Mb/s system with settings that small blocks can be proved with. */
const link: LinkParameters = {
  ...LINK_PRESETS.yuan2018.link,
  intensities: [0.5, 0.1, 0.001],
  intensityProbabilities: [0.6, 0.25, 0.15],
  aliceZProbability: 0.7,
  bobZProbability: 0.7,
};

const settings: DistillationSettings = {
  link,
  blockBits: 400_000,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-15,
  maxLeakFraction: 0.4,
  cohortBits: 1 << 17,
};

const joined = (...planes: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(planes));

async function distil(seed: bigint, frames: number): Promise<DistillationRig> {
  const optics = await createOptics({ link, seed });
  const rig = new DistillationRig({ kernels, settings: { alice: settings, bob: settings } }).connect();
  for (let i = 0; i < frames; i++) {
    const { qtx, qrx, ...common } = optics.nextFrame({ maxDetections: 1 << 16, maxGates: 1n << 30n });
    const base = { ...common, sessionNumber: 1, planeBytes: qtx.basis.length };
    const alice: EngineFrame = {
      ...base,
      role: "qtx",
      planes: joined(qtx.basis, qtx.bit, qtx.intensityLow, qtx.intensityHigh),
      sent: qtx.sent,
    };
    const bob: EngineFrame = {
      ...base,
      role: "qrx",
      planes: joined(qrx.basis, qrx.bit),
      doubleClicks: qrx.doubleClicks,
      photocurrentNa: qrx.photocurrentNa,
    };
    rig.frame({ qtx: alice, qrx: bob }).settle();
  }
  return rig;
}

describe("distillation of emulated photons", () => {
  it("gives equal keys, with the error rates and gains that the closed form predicts", async () => {
    const rig = await distil(20_261_123n, 28);
    expect([...rig.log.alice.failures, ...rig.log.bob.failures]).toEqual([]);
    expect(rig.keys("alice").size).toBe(2);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    const prediction = predictLink(link);
    for (const { report } of rig.log.alice.blocks) {
      expect(report.reconciliationEfficiency).toBeGreaterThan(1);
      expect(report.reconciliationEfficiency).toBeLessThan(1.2);
      expect(report.secretBits).toBeGreaterThan(20_000);
      expect(report.phaseErrorRate).toBeGreaterThan(link.misalignment.x);
      // 24 comparisons at |z| < 5.5 (afterpulses widen the spread by less than a tenth): false alarm below 1e-5.
      for (let index = 0; index < 6; index++) {
        const intensity = (index % 3) as 0 | 1 | 2;
        const basis = index < 3 ? "z" : "x";
        const bobShare = basis === "z" ? link.bobZProbability : 1 - link.bobZProbability;
        const sent = report.counts.sent[index]!;
        const sifted = report.counts.sifted[index]!;
        const gain = prediction.gains[intensity] * bobShare;
        expect(Math.abs(sifted - sent * gain)).toBeLessThan(5.5 * Math.sqrt(sent * gain));
        const rate = prediction.qberPerIntensity[basis][intensity];
        const spread = Math.sqrt(sifted * rate * (1 - rate));
        expect(Math.abs(report.counts.errors[index]! - sifted * rate)).toBeLessThan(5.5 * spread);
      }
    }
  });
});
