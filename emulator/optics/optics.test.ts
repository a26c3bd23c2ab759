import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { linkPreset } from "../../physics/index.ts";
import type { OpticsControl } from "./control.ts";
import { createOptics } from "./create-optics.ts";
import type { OpticsFrame } from "./optics.ts";

const link = linkPreset("yuan2018").link;
const limits = { maxDetections: 1000, maxGates: 1_000_000n };

const bits = (plane: Uint8Array, count: number) =>
  Array.from({ length: count }, (_, i) => (plane[i >>> 3]! >>> (i & 7)) & 1);
const planesOf = ({ qtx, qrx }: OpticsFrame) => [
  qtx.basis,
  qtx.bit,
  qtx.intensityLow,
  qtx.intensityHigh,
  qrx.basis,
  qrx.bit,
];

describe("frames of the optics", () => {
  it("end at the detections or the gates asked for, and follow each other without a gap", async () => {
    const optics = await createOptics({ link, seed: 1n });
    const full = optics.nextFrame(limits);
    expect(full.detections).toBe(1000);
    expect(full.gateCount).toBeLessThan(limits.maxGates);
    const short = optics.nextFrame({ maxDetections: 1000, maxGates: 777n });
    expect(short.firstGate).toBe(full.firstGate + full.gateCount);
    expect(short.gateCount).toBe(777n);
    expect(short.frameId).toBe(full.frameId + 1);
    expect(optics.gate).toBe(short.firstGate + 777n);
  });

  it("hold the same detections however they are cut", async () => {
    const streams = await Promise.all(
      [
        { maxDetections: 5000, maxGates: 1n << 34n },
        { maxDetections: 64, maxGates: 1n << 34n },
        { maxDetections: 5000, maxGates: 1001n },
      ].map(async (cut) => {
        const optics = await createOptics({
          link: { ...link, deadGates: 3, afterpulseProbability: 0.2 },
          seed: 12n,
          controls: [{ type: "phaseDrift", relaxationPerS: 100, diffusionRadPerSqrtS: 1 }],
        });
        const rows: number[][] = [[], [], [], [], [], []];
        while (rows[0]!.length < 4000) {
          const frame = optics.nextFrame(cut);
          for (const [row, plane] of planesOf(frame).entries())
            rows[row]!.push(...bits(plane, frame.detections));
        }
        return rows.map((row) => row.slice(0, 4000).join(""));
      }),
    );
    expect(streams[1]).toEqual(streams[0]);
    expect(streams[2]).toEqual(streams[0]);
  });

  it("are the same for the same seed and others for another", async () => {
    const [first, second, other] = await Promise.all(
      [5n, 5n, 6n].map(async (seed) => (await createOptics({ link, seed })).nextFrame(limits)),
    );
    expect(second).toEqual(first);
    expect(other!.gateDigest).not.toEqual(first!.gateDigest);
  });

  it("carry the digest of the gaps as LEB128", async () => {
    const optics = await createOptics({ link, seed: 8n, truth: true });
    optics.nextFrame(limits);
    const frame = optics.nextFrame({ ...limits, maxDetections: 200 });
    const bytes: number[] = [];
    let last = frame.firstGate;
    for (const { gate, clicked } of frame.truth!.gates) {
      if (!clicked[0] && !clicked[1]) continue;
      let gap = gate - last;
      while (gap >= 128n) {
        bytes.push(Number(gap % 128n) + 128);
        gap /= 128n;
      }
      bytes.push(Number(gap));
      last = gate;
    }
    expect(frame.gateDigest).toEqual(
      new Uint8Array(createHash("sha256").update(Uint8Array.from(bytes)).digest()),
    );
  });

  it("count every sent pulse once and never fewer than were detected", async () => {
    const optics = await createOptics({
      link: { ...link, channelLossDb: 0, intensities: [3, 1, 0.5], afterpulseProbability: 0.3 },
      seed: 2n,
      controls: [{ type: "patternEffect", relative: [0, 0.2, 0.1] }],
    });
    for (let i = 0; i < 50; i++) {
      const frame = optics.nextFrame({ maxDetections: 100, maxGates: 150n });
      expect(frame.qtx.sent.reduce((a, b) => a + b, 0)).toBe(Number(frame.gateCount));
      const [basis, , low, high] = planesOf(frame).map((plane) => bits(plane, frame.detections));
      const detected = new Array<number>(6).fill(0);
      for (let d = 0; d < frame.detections; d++) detected[basis![d]! * 3 + low![d]! + 2 * high![d]!]!++;
      for (const [index, count] of detected.entries())
        expect(frame.qtx.sent[index]).toBeGreaterThanOrEqual(count);
    }
  });

  it("go on across windows of 2^30 gates", async () => {
    const optics = await createOptics({ link: { ...link, channelLossDb: 40 }, seed: 3n });
    const frame = optics.nextFrame({ maxDetections: 2 ** 20, maxGates: 1n << 33n });
    expect(frame.gateCount).toBe(1n << 33n);
    expect(frame.detections).toBeGreaterThan(150_000);
    expect(optics.gate).toBe(1n << 33n);
  });

  it("hold nothing when there is nothing to see", async () => {
    const optics = await createOptics({
      link: { ...link, darkCountsPerGate: [0, 0] },
      seed: 3n,
      controls: [{ type: "fibreCut", cut: true }],
    });
    const frame = optics.nextFrame({ maxDetections: 10, maxGates: 1n << 31n });
    expect(frame.detections).toBe(0);
    expect(frame.qrx.basis.length).toBe(0);
    expect(frame.qtx.sent.reduce((a, b) => a + b, 0)).toBe(2 ** 31);
  });
});

describe("controls of the optics", () => {
  it("take effect at the next gate and show in the conditions", async () => {
    const optics = await createOptics({ link, seed: 4n });
    const before = optics.nextFrame(limits);
    optics.control({ type: "fibreLoss", db: 22 });
    expect(optics.conditions.link.channelLossDb).toBe(22);
    const after = optics.nextFrame(limits);
    expect(Number(after.gateCount)).toBeGreaterThan(5 * Number(before.gateCount));
  });

  it("warm detectors darken the counts, low bias silences them", async () => {
    const dark = async (control: OpticsControl) => {
      const optics = await createOptics({
        link,
        seed: 4n,
        controls: [{ type: "laser", on: false }, control],
      });
      return optics.nextFrame({ maxDetections: 2 ** 20, maxGates: 50_000_000n }).detections;
    };
    const nominal = await dark({ type: "detectorTemperature", celsius: -30 });
    // Twice the dark counts after 10 K; some 1000 and 2000 counts, five sigma.
    expect(Math.abs((await dark({ type: "detectorTemperature", celsius: -20 })) - 2 * nominal)).toBeLessThan(
      5 * Math.sqrt(2 * nominal + 4 * nominal),
    );
    expect(await dark({ type: "detectorBias", volt: 4 })).toBeGreaterThan(2 * nominal);
    expect(await dark({ type: "detectorBias", volt: 0 })).toBe(0);
  });

  it.each([
    { type: "fibreLoss", db: -1 },
    { type: "fibreLoss", db: Number.NaN },
    { type: "laserPower", relative: 11 },
    { type: "intensities", intensities: [0.1, 0.4, 0] },
    { type: "detectorBias", volt: 7 },
    { type: "detectorTemperature", celsius: 100 },
    { type: "visibility", visibility: { z: 1.1, x: 1 } },
    { type: "noise", perGate: 1 },
    { type: "noise", perGate: -1e-9 },
    { type: "deadTime", gates: 1.5, perDetector: false },
    { type: "interceptResend", fraction: 1.5, basisBias: 0.5 },
    { type: "interceptResend", fraction: 0.5, basisBias: -0.1 },
    { type: "patternEffect", relative: [0, 0, 0.9] },
    { type: "intensityJitter", relative: -0.1 },
    { type: "phaseError", radian: 4 },
  ] as OpticsControl[])("refuse $type out of range and go on as before", async (control) => {
    const optics = await createOptics({ link, seed: 4n });
    const before = optics.conditions;
    expect(() => optics.control(control)).toThrow(expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }));
    expect(optics.conditions).toBe(before);
    expect(optics.nextFrame(limits).detections).toBe(1000);
  });

  it("refuse pulses too bright to be followed", async () => {
    const optics = await createOptics({
      link: { ...link, channelLossDb: 0, intensities: [9, 1, 0], detectorEfficiency: [1, 1] },
      seed: 4n,
    });
    expect(() => optics.control({ type: "laserPower", relative: 2 })).toThrow(
      expect.objectContaining({ code: "QKD_PHYSICS_OVERFLOW" }),
    );
    expect(optics.conditions.laserPower).toBe(1);
    expect(optics.nextFrame(limits).detections).toBe(1000);
  });

  it.each([
    { type: "intensityJitter", relative: 0.1 },
    { type: "interceptResend", fraction: 0.1, basisBias: 0.5 },
    { type: "blinding", attack: { lightMw: 1, fakedPerGate: 0.1, basisBias: 0.5 } },
  ] as OpticsControl[])("refuse photon splitting together with $type", async (control) => {
    const optics = await createOptics({
      link,
      seed: 4n,
      controls: [{ type: "photonSplitting", fraction: 0.1 }],
    });
    expect(() => optics.control(control)).toThrow(expect.objectContaining({ code: "QKD_CONFIG_INVALID" }));
    expect(optics.nextFrame(limits).detections).toBe(1000);
  });

  it("refuse what they do not know", async () => {
    const optics = await createOptics({ link, seed: 4n });
    expect(() => optics.control({ type: "warpDrive" } as unknown as OpticsControl)).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_INVALID" }),
    );
  });

  it.each([
    [{ maxDetections: 0, maxGates: 1n }],
    [{ maxDetections: 2.5, maxGates: 1n }],
    [{ maxDetections: 2 ** 25, maxGates: 1n }],
    [{ maxDetections: 1, maxGates: 0n }],
    [{ maxDetections: 1, maxGates: 1n << 35n }],
  ])("refuse frames of impossible size %o", async (impossible) => {
    const optics = await createOptics({ link, seed: 4n });
    expect(() => optics.nextFrame(impossible)).toThrow(
      expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }),
    );
  });

  it("refuse impossible links", async () => {
    for (const part of [{ afterpulseProbability: 1.2 }, { aliceZProbability: 0 }, { channelLossDb: -3 }])
      await expect(createOptics({ link: { ...link, ...part }, seed: 1n })).rejects.toThrow(
        expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }),
      );
  });

  it.each([true, false])("end with an error where carriers pile up (plain %s)", async (plain) => {
    const optics = await createOptics({
      link: {
        ...link,
        channelLossDb: 0,
        afterpulseProbability: 0.9,
        afterpulseDecay: [{ weight: 1, gates: 1e7 }],
      },
      seed: 1n,
      plain,
    });
    expect(() => optics.nextFrame({ maxDetections: 2 ** 20, maxGates: 1n << 30n })).toThrow(
      expect.objectContaining({ code: "QKD_PHYSICS_OVERFLOW" }),
    );
  });
});

describe("a bias resistance", () => {
  it("saturates the detectors at high rates, hardly at low ones, and the same in both samplers", async () => {
    const limits = { maxDetections: 2 ** 20, maxGates: 400_000n };
    const gains = async (channelLossDb: number, ohm: number, plain: boolean) => {
      const controls = [{ type: "biasResistor", ohm }] as const;
      const optics = await createOptics({ link: { ...link, channelLossDb }, seed: 5n, plain, controls });
      const frames = Array.from({ length: 12 }, () => optics.nextFrame(limits).detections);
      return {
        first: frames[0] ?? 0,
        last: frames.slice(6).reduce((sum, one) => sum + one, 0) / 6,
        frames,
        optics,
      };
    };
    const bright = await gains(0, 2e5, false);
    const stiff = await gains(0, 0, false);
    const dim = await gains(20, 2e5, false);
    expect(bright.first).toBe(stiff.first);
    // In the steady state the sag is what the current of the avalanches takes from the bias; 35 fC each at nominal bias.
    const { biasSagV, link: now } = bright.optics.conditions;
    const currentA = (bright.last / 400_000) * now.clockHz * 35e-15 * ((2.5 - biasSagV) / 2.5);
    expect(biasSagV / (2e5 * currentA)).toBeCloseTo(1, 1);
    expect(bright.last / stiff.last).toBeLessThan(0.97);
    expect(dim.optics.conditions.biasSagV).toBeLessThan(0.02);
    expect((await gains(0, 2e5, true)).frames).toEqual(bright.frames);
  });

  it("is refused outside its range", async () => {
    const optics = await createOptics({ link, seed: 1n });
    expect(() => optics.control({ type: "biasResistor", ohm: -1 })).toThrow(
      expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }),
    );
  });

  it("leave no phase error behind when a drift ends, but keep one that was set", async () => {
    const drift = { type: "phaseDrift", relaxationPerS: 10, diffusionRadPerSqrtS: 3 } as const;
    const still = { type: "phaseDrift", relaxationPerS: 0, diffusionRadPerSqrtS: 0 } as const;
    const optics = await createOptics({ link: { ...link, clockHz: 1e6 }, seed: 5n, controls: [drift] });
    while (optics.gate < 3n * 2n ** 20n) optics.nextFrame(limits);
    expect(optics.conditions.phaseErrorRad).not.toBe(0);
    optics.control(still);
    expect(optics.conditions.phaseErrorRad).toBe(0);
    optics.control({ type: "phaseError", radian: 0.3 });
    optics.control(still);
    expect(optics.conditions.phaseErrorRad).toBe(0.3);
  });
});
