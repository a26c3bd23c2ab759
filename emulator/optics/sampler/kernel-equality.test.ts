import { describe, expect, it } from "vitest";
import { createSamplerKernel } from "../../../kernels/index.ts";
import { type LinkParameters, linkPreset } from "../../../physics/index.ts";
import { applyControl } from "../apply-control.ts";
import { nominalConditions } from "../conditions.ts";
import type { OpticsControl } from "../control.ts";
import { createOptics } from "../create-optics.ts";
import type { OpticsFrame } from "../optics.ts";
import { buildTables } from "./build-tables.ts";
import { ReferenceSampler } from "./reference-sampler.ts";
import { samplerSeed, streamSeeds } from "./stream-keys.ts";

const base = linkPreset("yuan2018").link;
const t12 = linkPreset("t12").link;

interface Case {
  readonly link?: Partial<LinkParameters>;
  readonly controls?: readonly OpticsControl[];
}

const CASES: Record<string, Case> = {
  "2 dB": { link: { channelLossDb: 2 } },
  "16 dB": { link: { channelLossDb: 16 } },
  "20 dB with dead time": { link: { channelLossDb: 20, deadGates: 30 } },
  "30 dB": { link: { channelLossDb: 30 } },
  "60 dB": { link: { channelLossDb: 60 } },
  "T12 with dead time": { link: { ...t12, deadGates: 7 } },
  "strong and slow afterpulses": {
    link: {
      channelLossDb: 0,
      deadGates: 5,
      afterpulseProbability: 0.7,
      afterpulseDecay: [
        { weight: 0.5, gates: 3 },
        { weight: 0.3, gates: 1000 },
        { weight: 0.2, gates: 1e5 },
      ],
    },
  },
  "releases soon after short dead times": {
    link: {
      channelLossDb: 0,
      deadGates: 4,
      afterpulseProbability: 0.4,
      afterpulseDecay: [{ weight: 1, gates: 6 }],
      detectorEfficiency: [0.5, 0.5],
    },
  },
  "bright pulses, several photoelectrons each": {
    link: {
      channelLossDb: 0,
      intensities: [8, 2, 0],
      detectorEfficiency: [0.9, 0.7],
      afterpulseProbability: 0,
    },
  },
  "dead time per detector": { controls: [{ type: "deadTime", gates: 100, perDetector: true }] },
  "jitter, pattern effect, Eve, drift and noise at once": {
    link: { channelLossDb: 2 },
    controls: [
      { type: "intensityJitter", relative: 0.1 },
      { type: "patternEffect", relative: [0.1, -0.1, 0.05] },
      { type: "interceptResend", fraction: 0.3, basisBias: 0.9 },
      { type: "phaseDrift", relaxationPerS: 1000, diffusionRadPerSqrtS: 3 },
      { type: "noise", perGate: 1e-3 },
    ],
  },
  "photon splitting": { controls: [{ type: "photonSplitting", fraction: 0.4 }] },
  "photon splitting of every pulse at low loss": {
    link: { channelLossDb: 1, intensities: [3, 1, 0.1] },
    controls: [{ type: "photonSplitting", fraction: 1 }],
  },
  "laser off": { controls: [{ type: "laser", on: false }] },
  "no light and no dark counts": {
    link: { darkCountsPerGate: [0, 0] },
    controls: [{ type: "laser", on: false }],
  },
};

/** A frame with its list of gaps, which is lent, in memory of its own. */
const kept = (frame: OpticsFrame): OpticsFrame => ({ ...frame, gaps: frame.gaps.slice() });

async function frames({ link, controls = [] }: Case, plain: boolean): Promise<OpticsFrame[]> {
  const optics = await createOptics({ link: { ...base, ...link }, seed: 99n, controls, plain });
  return [0, 1, 2, 3, 4, 5].map((i) => {
    if (i === 3) optics.control({ type: "fibreLoss", db: 11 });
    if (i === 5) optics.control({ type: "fibreCut", cut: true });
    return kept(
      optics.nextFrame({ maxDetections: 3000 + i * 7, maxGates: (1n << 28n) + BigInt(i) * 33_333_333n }),
    );
  });
}

/** Changes under way, a frame of some thousand gates after each. */
const CHANGES: readonly OpticsControl[] = [
  { type: "deadTime", gates: 400, perDetector: false },
  { type: "deadTime", gates: 0, perDetector: false },
  { type: "deadTime", gates: 300, perDetector: true },
  { type: "deadTime", gates: 2, perDetector: false },
  { type: "patternEffect", relative: [0.1, -0.1, 0.05] },
  { type: "patternEffect", relative: [0, 0, 0] },
  { type: "detectorTemperature", celsius: -20 },
  { type: "deadTime", gates: 0, perDetector: true },
];

async function framesUnderChange(plain: boolean): Promise<OpticsFrame[]> {
  const link = { ...base, channelLossDb: 2, afterpulseProbability: 0.3 };
  const optics = await createOptics({ link, seed: 5n, plain });
  return Array.from({ length: 400 }, (_, i) => {
    optics.control(CHANGES[i % CHANGES.length]!);
    return kept(
      optics.nextFrame({
        maxDetections: 1 + ((i * 37) % 300),
        maxGates: BigInt(1 + ((i * 911) % 4000)),
      }),
    );
  });
}

describe("the sampler kernel", () => {
  it.each(Object.entries(CASES))("makes the frames of the plain sampler: %s", async (_, setup) => {
    expect(await frames(setup, false)).toEqual(await frames(setup, true));
  });

  it("makes the frames of the plain sampler while everything changes", async () => {
    expect(await framesUnderChange(false)).toEqual(await framesUnderChange(true));
  });

  it("takes the level before a high word's first gate from the word before, as the plain sampler does", async () => {
    const link: LinkParameters = {
      ...base,
      channelLossDb: 0,
      detectorEfficiency: [0.9, 0.9],
      intensities: [2, 1, 0.5],
      intensityProbabilities: [0.4, 0.3, 0.3],
    };
    const conditions = applyControl(nominalConditions(link), {
      type: "patternEffect",
      relative: [0.5, 0, -0.5],
    });
    for (let seed = 0n; seed < 60n; seed++) {
      const { words } = buildTables(conditions, streamSeeds(seed));
      const [kernel, plain] = [
        await createSamplerKernel(samplerSeed(seed)),
        new ReferenceSampler(samplerSeed(seed)),
      ].map((sampler) => {
        sampler.load(words);
        sampler.enterWindow(3, 0, 0);
        sampler.beginFrame(1);
        sampler.run(1);
        return sampler.endFrame();
      });
      expect(kernel).toEqual(plain);
    }
  });

  it("makes the frames of the plain sampler however they are cut", async () => {
    const cut = async (plain: boolean) => {
      const link = { ...base, channelLossDb: 2, afterpulseProbability: 0.3 };
      const optics = await createOptics({ link, seed: 6n, plain });
      return Array.from({ length: 3000 }, (_, i) =>
        kept(
          optics.nextFrame({ maxDetections: 1 + ((i * i) % 61), maxGates: BigInt(1 + ((i * 101) % 1200)) }),
        ),
      );
    };
    expect(await cut(false)).toEqual(await cut(true));
  });
});
