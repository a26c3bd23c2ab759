import { describe, expect, it } from "vitest";
import { createOptics, type GateTruth } from "../../emulator/index.ts";
import { linkPreset, predictLink } from "../../physics/index.ts";
import { binomialScore, chiSquareScore } from "./scores.ts";

// Some 40 scores of 5 sigma each: an honest emulator fails with probability below 5e-5 over seeds; the seed is fixed.
const LIMIT = 5;
const link = { ...linkPreset("yuan2018").link, channelLossDb: 6 };

async function clicksOf(changes: Partial<typeof link>, gates: bigint): Promise<GateTruth[]> {
  const optics = await createOptics({ link: { ...link, ...changes }, seed: 77n, truth: true });
  const frame = optics.nextFrame({ maxDetections: 2 ** 22, maxGates: gates });
  return frame.truth!.gates.filter((gate) => gate.clicked[0] || gate.clicked[1]);
}

const gapsOf = (clicks: readonly GateTruth[]) =>
  clicks.slice(1).map((click, i) => Number(click.gate - clicks[i]!.gate));

describe("clicks in time", () => {
  it("has geometric gaps without afterpulses and dead time", async () => {
    const gaps = gapsOf(await clicksOf({ afterpulseProbability: 0 }, 10_000_000n));
    const gain = predictLink({ ...link, afterpulseProbability: 0 }).clicksPerGate;
    const cells = 600;
    const observed = new Array<number>(cells + 1).fill(0);
    for (const gap of gaps) observed[Math.min(gap - 1, cells)]!++;
    const expected = observed.map((_, i) =>
      i === cells ? gaps.length * (1 - gain) ** cells : gaps.length * gain * (1 - gain) ** i,
    );
    expect(Math.abs(chiSquareScore(observed, expected))).toBeLessThan(LIMIT);
  });

  it("never clicks inside the dead time and forgets it right after", async () => {
    const deadGates = 40;
    const gaps = gapsOf(await clicksOf({ afterpulseProbability: 0, deadGates }, 10_000_000n));
    expect(Math.min(...gaps.slice(0, 50_000))).toBe(deadGates + 1);
    expect(gaps.every((gap) => gap > deadGates)).toBe(true);
    const live = predictLink({ ...link, afterpulseProbability: 0 }).clicksPerGate;
    const first = gaps.filter((gap) => gap === deadGates + 1).length;
    expect(Math.abs(binomialScore(first, gaps.length, live))).toBeLessThan(LIMIT);
  });

  it("adds afterpulses at the delays of their time constants, in the same detector", async () => {
    const decay = [
      { weight: 0.7, gates: 5 },
      { weight: 0.3, gates: 40 },
    ];
    const changes = { afterpulseProbability: 0.2, afterpulseDecay: decay, channelLossDb: 12 };
    const clicks = await clicksOf(changes, 40_000_000n);
    const span = 200;
    const same = new Array<number>(span + 1).fill(0);
    const other = new Array<number>(span + 1).fill(0);
    const single = clicks.map((click) => (click.clicked[0] ? 0 : 1));
    for (let i = 0; i < clicks.length; i++)
      for (let j = i + 1; j < clicks.length; j++) {
        const gap = Number(clicks[j]!.gate - clicks[i]!.gate);
        if (gap > span) break;
        (single[i] === single[j] ? same : other)[gap]!++;
      }
    // Released carriers release others in turn: descendants(j) = a(j) + (a * a)(j) + ... Two clicks may also have a
    // common ancestor: pair excess(j) = descendants(j) + sum over s of descendants(s) descendants(s + j) (Hawkes 1971).
    const reach = 3 * span;
    const hazard = new Array<number>(reach + 1).fill(0);
    for (let i = 1; i <= reach; i++)
      for (const part of decay)
        hazard[i]! += 0.2 * part.weight * Math.expm1(1 / part.gates) * Math.exp(-i / part.gates);
    const descendants = [...hazard];
    for (let i = 1; i <= reach; i++)
      for (let k = 1; k < i; k++) descendants[i]! += hazard[k]! * descendants[i - k]!;
    const excess = descendants.slice(0, span + 1).map((own, j) => {
      let siblings = 0;
      for (let s = 1; j > 0 && s + j <= reach; s++) siblings += descendants[s]! * descendants[s + j]!;
      return own + siblings;
    });
    const rate = clicks.length / 40_000_000 / 2;
    for (const [from, to] of [
      [1, 2],
      [3, 5],
      [6, 10],
      [11, 20],
      [21, 50],
      [51, 100],
      [101, 200],
    ] as const) {
      const sum = (values: readonly number[]) => values.slice(from, to + 1).reduce((a, b) => a + b, 0);
      const expected = sum(excess) + rate * (to - from + 1);
      const score = (sum(same) - clicks.length * expected) / Math.sqrt(1.5 * clicks.length * expected);
      expect(Math.abs(score), `same detector, delays ${from} to ${to}`).toBeLessThan(LIMIT);
      const accidental = clicks.length * rate * (to - from + 1);
      expect(Math.abs(sum(other) - accidental) / Math.sqrt(1.5 * accidental), "other detector").toBeLessThan(
        LIMIT,
      );
    }
  });

  it("knows the cause of every click", async () => {
    const clicks = await clicksOf({ noisePerGate: 1e-3, channelLossDb: 12 }, 10_000_000n);
    for (const click of clicks)
      for (const detector of [0, 1] as const)
        if (click.clicked[detector]) expect(click.causes[detector]).toBeGreaterThan(0);
    const of = (cause: number) =>
      clicks.filter((click) => ((click.causes[0] | click.causes[1]) & cause) !== 0).length;
    expect(Math.abs(binomialScore(of(2), 10_000_000, 2e-5))).toBeLessThan(LIMIT);
    expect(Math.abs(binomialScore(of(4), 10_000_000, 1e-3))).toBeLessThan(LIMIT);
    expect(Math.abs(binomialScore(of(8), clicks.length, 0.03, 1.2))).toBeLessThan(LIMIT);
  });
});
