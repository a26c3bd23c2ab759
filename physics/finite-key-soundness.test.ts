import { describe, expect, it } from "vitest";
import { finiteKeyLength } from "./finite-key.ts";

/** Small counter-based generator, so that the test is the same everywhere (splitmix32). */
function generator(seed: number) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

const SOURCE = {
  intensities: [0.5, 0.15, 0.002],
  intensityProbabilities: [0.6, 0.25, 0.15],
  aliceZProbability: 0.7,
  bobZProbability: 0.7,
} as const;

interface Emission {
  readonly intensity: number;
  readonly photons: number;
  /** Probability that a detection came from this or an earlier row. */
  readonly upTo: number;
}

/** Joint law of intensity and photon number (the last level holds all above it) given a detection. */
function emissions(yields: readonly number[]): Emission[] {
  const rows: { intensity: number; photons: number; weight: number }[] = [];
  SOURCE.intensities.forEach((mean, intensity) => {
    let probability = Math.exp(-mean);
    for (let photons = 0; photons < 8; photons++) {
      const yieldOf = yields[Math.min(photons, yields.length - 1)] ?? 0;
      rows.push({
        intensity,
        photons,
        weight: (SOURCE.intensityProbabilities[intensity] ?? 0) * probability * yieldOf,
      });
      probability *= mean / (photons + 1);
    }
  });
  const total = rows.reduce((sum, row) => sum + row.weight, 0);
  let upTo = 0;
  return rows.map(({ intensity, photons, weight }) => {
    upTo += weight / total;
    return { intensity, photons, upTo };
  });
}

/** One block of 30,000 detections against an adversary who chooses yields and errors by the photon number. */
function playBlock(random: () => number, table: readonly Emission[], flips: readonly number[]) {
  const sifted = [0, 0, 0, 0, 0, 0];
  const errors = [0, 0, 0, 0, 0, 0];
  const truth = { vacuum: 0, single: 0, phaseErrors: 0 };
  for (let detection = 0; detection < 30_000; detection++) {
    const position = random();
    const row = table.find(({ upTo }) => position < upTo) ?? (table[0] as Emission);
    const basis = random() < SOURCE.aliceZProbability ? 0 : 1;
    const bobBasis = random() < SOURCE.bobZProbability ? 0 : 1;
    const flipped = random() < (flips[Math.min(row.photons, flips.length - 1)] ?? 0);
    if (bobBasis !== basis) continue;
    const cell = basis * 3 + row.intensity;
    sifted[cell] = (sifted[cell] ?? 0) + 1;
    if (basis === 1 && flipped) errors[cell] = (errors[cell] ?? 0) + 1;
    if (basis === 0 && row.photons === 0) truth.vacuum += 1;
    if (basis === 0 && row.photons === 1) {
      truth.single += 1;
      truth.phaseErrors += flipped ? 1 : 0;
    }
  }
  return { counts: { sent: Array<number>(6).fill(1e9), sifted, errors }, truth };
}

describe("soundness against adversaries who know each photon number", () => {
  /**
   * epsilon_secrecy = 0.5 lets all eight limits together fail in (1/8)^2 = 1.6 % of blocks. Of 100 blocks 10 or more would
   * fail with probability below 2e-5 for each strategy. Seeds 1 to 4 are fixed.
   */
  it.each([
    ["honest fibre", [0.001, 0.06, 0.12, 0.17], [0.5, 0.03], 1, 0.7],
    ["single photons blocked", [0.001, 0.001, 0.3], [0.5, 0.5, 0], 2, 0],
    ["errors on single photons only", [0.002, 0.05, 0.2, 0.4], [0.5, 0.12, 0], 3, 0],
    ["vacuum detections favoured", [0.02, 0.04, 0.04], [0.5, 0.01, 0.2], 4, 0],
  ] as const)("%s", (_, yields, flips, seed, worth) => {
    const random = generator(seed);
    const table = emissions(yields);
    let lies = 0;
    let found = 0;
    let present = 0;
    for (let block = 0; block < 100; block++) {
      const { counts, truth } = playBlock(random, table, flips);
      const bound = finiteKeyLength({
        ...SOURCE,
        counts,
        leakBits: 0,
        epsilonSecrecy: 0.5,
        epsilonCorrectness: 0.01,
        candidateEnds: 1,
      });
      const tooFewPhaseErrors = bound.phaseErrorRate < Math.min(0.5, truth.phaseErrors / truth.single);
      if (bound.vacuumBits > truth.vacuum || bound.singlePhotonBits > truth.single || tooFewPhaseErrors)
        lies += 1;
      found += bound.singlePhotonBits;
      present += truth.single;
    }
    expect(lies).toBeLessThan(10);
    expect(found).toBeGreaterThanOrEqual(worth * present);
  });
});
