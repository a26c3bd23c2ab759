import { describe, expect, it } from "vitest";
import { linkPreset, predictLink } from "../../../physics/index.ts";
import { createOptics } from "../create-optics.ts";
import { offsetIntensities } from "../effects/modulator.ts";
import { SlowNoise } from "./slow-noise.ts";
import { UsualDrift } from "./usual-drift.ts";

const link = { ...linkPreset("yuan2018").link, clockHz: 1e8, channelLossDb: 5 };
const clock = { seed: 7n, gatesBefore: 0n };

async function frames(gates: bigint, detectionsPerFrame: number, drifting = true) {
  const controls = drifting ? [{ type: "drift", clock } as const] : [];
  const optics = await createOptics({ link, seed: 3n, controls });
  const all = [];
  while (optics.gate < gates)
    all.push(optics.nextFrame({ maxDetections: detectionsPerFrame, maxGates: gates - optics.gate }));
  return all;
}

describe("slow noise", () => {
  it("has mean 0 and variance 1 at any phase between its knots, and forgets within a correlation time", () => {
    const noise = new SlowNoise(1n, "test", 10);
    for (const phase of [0, 2.5, 5, 9]) {
      const values = Array.from({ length: 4000 }, (_, i) => noise.at(20 * i + phase));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      const later = values.reduce((sum, value, i) => sum + value * (values[i + 1] ?? 0), 0) / values.length;
      expect(Math.abs(mean)).toBeLessThan(0.08);
      expect(Math.abs(variance - 1)).toBeLessThan(0.12);
      expect(Math.abs(later)).toBeLessThan(0.08);
    }
  });

  it("moves little in little time and is the same whoever asks, in any order", () => {
    const noise = new SlowNoise(1n, "test", 10);
    const other = new SlowNoise(1n, "test", 10);
    const backwards = [50, 40, 3, 3.1].map((s) => other.at(s)).reverse();
    expect([3.1, 3, 40, 50].map((s) => noise.at(s))).toEqual(backwards);
    expect(Math.abs(noise.at(3.1) - noise.at(3))).toBeLessThan(0.1);
    expect(new SlowNoise(2n, "test", 10).at(3)).not.toBe(noise.at(3));
    expect(new SlowNoise(1n, "other", 10).at(3)).not.toBe(noise.at(3));
  });
});

describe("the usual drift", () => {
  it("keeps every part within a few of its spreads over a day, and moves it", () => {
    const drift = new UsualDrift(5n);
    const day = Array.from({ length: 24 * 60 }, (_, minute) => drift.at(60 * minute));
    const most = (of: (now: (typeof day)[number]) => number) =>
      Math.max(...day.map((now) => Math.abs(of(now))));
    const within: [number, number][] = [
      [most(({ lossDb }) => lossDb), 0.05],
      [most(({ delayPs }) => delayPs), 8],
      [most(({ phaseRad }) => phaseRad), 0.05],
      [most(({ visibilityLoss }) => visibilityLoss), 0.002],
      [most(({ laserDb }) => laserDb), 0.03],
      [most(({ modulatorV }) => modulatorV), 0.05],
      [most(({ efficiency }) => efficiency[0]), 0.005],
      [most(({ efficiency }) => efficiency[1]), 0.005],
    ];
    for (const [value, spread] of within) {
      expect(value).toBeGreaterThan(spread / 2);
      expect(value).toBeLessThan(4.5 * spread);
    }
    expect(most(({ aliceAirK }) => aliceAirK)).toBeGreaterThan(1.5);
    expect(most(({ bobAirK }) => bobAirK)).toBeLessThan(5);
  });

  it("leaves the mean of gains and errors where the closed form has it, and no frame exactly there", () => {
    const drift = new UsualDrift(9n);
    const nominal = predictLink(link);
    const moments = Array.from({ length: 400 }, (_, i) => drift.at(1800 * i));
    const gains = moments.map((now) => {
      const changed = { ...link, channelLossDb: link.channelLossDb + now.lossDb - now.laserDb };
      return predictLink(changed).gains[0];
    });
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
    expect(Math.abs(mean / nominal.gains[0] - 1)).toBeLessThan(2e-3);
    expect(Math.max(...gains) / Math.min(...gains)).toBeGreaterThan(1.02);
  });

  it("is the same light of a seed however frames are cut, and other light than without it", async () => {
    const detections = (all: Awaited<ReturnType<typeof frames>>) =>
      all.reduce((sum, frame) => sum + frame.detections, 0);
    const whole = await frames(30_000_000n, 2 ** 20);
    expect(detections(await frames(30_000_000n, 5000))).toBe(detections(whole));
    expect(detections(await frames(30_000_000n, 2 ** 20, false))).not.toBe(detections(whole));
  });

  it("gives current meters one per cent of noise, each its own, and none where it is off", async () => {
    const ratio = ({ qrx }: Awaited<ReturnType<typeof frames>>[number], detector: 0 | 1) =>
      (qrx.photocurrentsNa[detector] - 0.5) / qrx.clicksPerDetector[detector];
    const spread = (values: number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value / mean - 1) ** 2, 0) / values.length);
    };
    const equalGates = async (drifting: boolean) => {
      const optics = await createOptics({
        link,
        seed: 3n,
        controls: drifting ? [{ type: "drift", clock }] : [],
      });
      return Array.from({ length: 200 }, () =>
        optics.nextFrame({ maxDetections: 2 ** 20, maxGates: 1_000_000n }),
      );
    };
    const noisy = await equalGates(true);
    const exact = await equalGates(false);
    for (const detector of [0, 1] as const) {
      expect(spread(noisy.map((frame) => ratio(frame, detector)))).toBeGreaterThan(0.008);
      expect(spread(noisy.map((frame) => ratio(frame, detector)))).toBeLessThan(0.012);
      expect(spread(exact.map((frame) => ratio(frame, detector)))).toBeLessThan(1e-12);
    }
    expect(noisy.map((frame) => ratio(frame, 0))).not.toEqual(noisy.map((frame) => ratio(frame, 1)));
  });
});

describe("the modulator's bias", () => {
  it("moves decoy and vacuum and hardly the signal, and nothing at its working point", () => {
    expect(offsetIntensities(link.intensities, 0)).toBe(link.intensities);
    const [u, v, w] = offsetIntensities(link.intensities, 0.5);
    expect(Math.abs(u / 0.4 - 1)).toBeLessThan(1e-3);
    expect(v / 0.1 - 1).toBeCloseTo(0.055, 2);
    expect(w / 0.001).toBeGreaterThan(1.5);
  });

  it("is what the photons feel", async () => {
    const gainOf = async (volt: number) => {
      const optics = await createOptics({
        link: { ...link, intensityProbabilities: [0, 1, 0] },
        seed: 3n,
        controls: [{ type: "modulatorOffset", volt }],
      });
      return optics.nextFrame({ maxDetections: 2 ** 20, maxGates: 50_000_000n }).detections;
    };
    expect(Math.abs((await gainOf(0.5)) / (await gainOf(0)) - 1.055)).toBeLessThan(0.015);
  });
});
