import { describe, expect, it } from "vitest";
import { createOptics, type GateTruth } from "../../emulator/index.ts";
import { linkPreset } from "../../physics/index.ts";
import { binomialScore, chiSquareScore } from "./scores.ts";

// Some 60 scores of 5 sigma each: an honest emulator fails with probability below 1e-4 over seeds; seeds are fixed.
const LIMIT = 5;
const link = {
  ...linkPreset("yuan2018").link,
  channelLossDb: 0,
  intensityProbabilities: [0.5, 0.3, 0.2] as const,
  aliceZProbability: 0.6,
  bobZProbability: 0.5,
};

const settingsOf = (gates: readonly GateTruth[]) =>
  new Map(gates.map((gate) => [gate.gate, `${gate.basis}${gate.bit}${gate.intensity}`]));

describe("Alice's source", () => {
  it("emits Poisson photon numbers of each intensity's mean", async () => {
    const optics = await createOptics({ link, seed: 3n, truth: true });
    const { truth, qtx } = optics.nextFrame({ maxDetections: 2 ** 20, maxGates: 400_000n });
    const numbers = [0, 1, 2].map(() => new Array<number>(8).fill(0));
    // Every gate of the frame, detected or not.
    for (let gate = 0n; gate < 400_000n; gate++) {
      const emitted = truth!.emitted(gate);
      numbers[emitted.intensity]![Math.min(7, emitted.photons)]!++;
    }
    for (const [k, observed] of numbers.entries()) {
      const total = observed.reduce((a, b) => a + b, 0);
      const mean = link.intensities[k]!;
      let term = Math.exp(-mean);
      const expected = observed.map((_, n) => {
        const now = term * total;
        term *= mean / (n + 1);
        return now;
      });
      if (k < 2) expect(Math.abs(chiSquareScore(observed, expected)), `intensity ${k}`).toBeLessThan(LIMIT);
      const photons = observed.reduce((sum, count, n) => sum + n * count, 0);
      expect(Math.abs(photons - total * mean) / Math.sqrt(total * mean), `mean ${k}`).toBeLessThan(LIMIT);
      expect(Math.abs(binomialScore(total, 400_000, link.intensityProbabilities[k]!))).toBeLessThan(LIMIT);
      const sent = qtx.sent[k]! + qtx.sent[3 + k]!;
      expect(Math.abs(sent - total) / Math.sqrt(800_000 * 0.25), `sent ${k}`).toBeLessThan(LIMIT);
    }
  });

  it("keeps settings independent of each other and from gate to gate", async () => {
    const optics = await createOptics({ link, seed: 4n, truth: true });
    const { truth } = optics.nextFrame({ maxDetections: 2 ** 20, maxGates: 2_000_000n });
    // Candidates are chosen without looking at a setting, so over all of them settings follow Alice's probabilities.
    const gates = truth!.gates.filter(
      (gate) => gate.causes[0] + gate.causes[1] === 0 || gate.photoelectrons >= 0,
    );
    const cells = new Array<number>(24).fill(0);
    for (const gate of gates)
      cells[((gate.intensity * 2 + gate.basis) * 2 + gate.bit) * 2 + gate.bobBasis]!++;
    const candidates = gates.length;
    const expected = cells.map((_, i) => {
      const z = (i >> 2) & 1 ? 0.4 : 0.6;
      return (candidates * link.intensityProbabilities[i >> 3]! * z) / 4;
    });
    expect(Math.abs(chiSquareScore(cells, expected))).toBeLessThan(LIMIT);
    for (const of of [
      (g: GateTruth) => g.basis,
      (g: GateTruth) => g.bit,
      (g: GateTruth) => Number(g.intensity === 0),
      (g: GateTruth) => g.bobBasis,
    ]) {
      const values = gates.map(of);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = mean * (1 - mean);
      for (const lag of [1, 2, 3, 5, 8, 16, 32, 64]) {
        let sum = 0;
        for (let i = lag; i < values.length; i++) sum += (values[i]! - mean) * (values[i - lag]! - mean);
        expect(Math.abs(sum / variance / Math.sqrt(values.length - lag)), `lag ${lag}`).toBeLessThan(LIMIT);
      }
    }
  });

  it("sends the same settings whatever happens to fibre, detectors, Bob and Eve", async () => {
    const stream = async (changes: object, setup: object = {}) => {
      const optics = await createOptics({ link: { ...link, ...changes }, seed: 5n, truth: true, ...setup });
      const { truth } = optics.nextFrame({ maxDetections: 2 ** 20, maxGates: 500_000n });
      return settingsOf(truth!.gates);
    };
    const base = await stream({});
    const others = [
      await stream({}, { streams: { channel: 9n } }),
      await stream({}, { streams: { detectors: 9n, bob: 9n, eve: 9n, counts: 9n } }),
      await stream({ channelLossDb: 3, afterpulseProbability: 0.3, deadGates: 10 }),
      await stream({}, { controls: [{ type: "interceptResend", fraction: 0.5, basisBias: 0.5 }] }),
    ];
    for (const other of others) {
      let common = 0;
      for (const [gate, settings] of other) {
        if (!base.has(gate)) continue;
        common++;
        expect(settings).toBe(base.get(gate));
      }
      expect(common).toBeGreaterThan(500);
    }
    const changed = await stream({}, { streams: { alice: 9n } });
    const equal = [...changed].filter(([gate, settings]) => base.get(gate) === settings).length;
    expect(equal).toBeLessThan(0.5 * changed.size);
  });
});
