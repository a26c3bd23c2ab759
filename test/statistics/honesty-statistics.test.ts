import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkPreset, predictLink } from "../../physics/index.ts";
import { chance } from "../honesty/mutations/chance.ts";
import { forwardPrediction } from "../honesty/published/forward-prediction.ts";
import { T12_SESSION } from "../honesty/published/t12-session.ts";
import { coins } from "../honesty/sampling/users/coins.ts";
import { hazardAt, pairExcess } from "../honesty/statistics/afterpulse-excess.ts";
import { autocorrelation } from "../honesty/statistics/autocorrelation.ts";
import {
  chiSquareTail,
  chiSquareTwoSided,
  generalised,
  pearson,
} from "../honesty/statistics/chi-square-test.ts";
import {
  binomialAtLeast,
  binomialTwoSided,
  poissonTwoSided,
  randomisedBinomial,
} from "../honesty/statistics/count-tests.ts";
import { geometricLaw, lagCorrelation } from "../honesty/statistics/gap-law.ts";
import { fitLine } from "../honesty/statistics/line-fit.ts";
import { FIVE_SIGMA, normalTwoSided } from "../honesty/statistics/normal-test.ts";
import {
  biasScore,
  bitStream,
  differing,
  earlier,
  parityScore,
  summarised,
} from "../honesty/statistics/parity.ts";
import { RUN_BITS, RunIndex } from "../honesty/statistics/run-index.ts";
import { uniformity } from "../honesty/statistics/uniformity-test.ts";
import { carriersPerAvalanche } from "../honesty/suite/carriers-per-avalanche.ts";

/** Probabilities of 0 to n successes, one by one. */
function binomialLaw(n: number, p: number): number[] {
  let law = [1];
  for (let i = 0; i < n; i++)
    law = Array.from({ length: i + 2 }, (_, k) => (law[k] ?? 0) * (1 - p) + (law[k - 1] ?? 0) * p);
  return law;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe("count tests", () => {
  const cases = fc.record({
    n: fc.integer({ min: 1, max: 40 }),
    p: fc.double({ min: 0.02, max: 0.98, noNaN: true }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  it("sum the tails of the binomial law", () => {
    fc.assert(
      fc.property(cases, ({ n, p, share }) => {
        const law = binomialLaw(n, p);
        const count = Math.round(share * n);
        const [upTo, from] = [sum(law.slice(0, count + 1)), sum(law.slice(count))];
        expect(binomialTwoSided(count, n, p)).toBeCloseTo(Math.min(1, 2 * Math.min(upTo, from)), 10);
        expect(binomialAtLeast(count, n, p)).toBeCloseTo(from, 10);
      }),
    );
  });

  it("give uniform p-values when the count's own probability is split", () => {
    fc.assert(
      fc.property(cases, ({ n, p }) => {
        // E[p-value] over all counts and a fine grid of splits; uniform numbers have mean 1/2 and second moment 1/3.
        const grid = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);
        let [mean, square] = [0, 0];
        for (const [count, weight] of binomialLaw(n, p).entries())
          for (const split of grid) {
            const value = randomisedBinomial(count, n, p, split);
            mean += (weight * value) / grid.length;
            square += (weight * value * value) / grid.length;
          }
        expect(mean).toBeCloseTo(1 / 2, 3);
        expect(square).toBeCloseTo(1 / 3, 3);
      }),
      { numRuns: 20 },
    );
  });

  it("agree with the Poisson law where successes are rare, and count nothing as possible", () => {
    expect(poissonTwoSided(3, 10)).toBeCloseTo(2 * Math.exp(-10) * (1 + 10 + 50 + 1000 / 6), 10);
    expect(poissonTwoSided(0, 600)).toBeLessThan(1e-200);
    expect(binomialTwoSided(120, 1e9, 1e-7)).toBeCloseTo(poissonTwoSided(120, 100), 6);
    expect(binomialTwoSided(0, 0, 0.5)).toBe(1);
    expect(binomialTwoSided(0, 10, 0.01)).toBe(1);
  });

  it("widen by the inflation", () => {
    const plain = binomialTwoSided(1200, 1e6, 1e-3);
    const wide = binomialTwoSided(1200, 1e6, 1e-3, 2);
    expect(plain).toBeLessThan(1e-8);
    expect(wide).toBeGreaterThan(1e-6);
    expect(wide).toBeLessThan(1e-3);
  });
});

describe("laws", () => {
  it("have their tabulated quantiles", () => {
    expect(normalTwoSided(5)).toBeCloseTo(FIVE_SIGMA, 9);
    expect(normalTwoSided(-1.959964)).toBeCloseTo(0.05, 6);
    expect(normalTwoSided(Number.NaN)).toBe(0);
    expect(chiSquareTail(18.307, 10)).toBeCloseTo(0.05, 5);
    expect(chiSquareTail(3.841459, 1)).toBeCloseTo(0.05, 6);
    expect(chiSquareTwoSided(3.247, 10)).toBeCloseTo(0.05, 3);
    expect(chiSquareTail(Number.POSITIVE_INFINITY, 3)).toBe(0);
  });

  it("merge cells until each expects enough, the last ones backwards", () => {
    const { freedom, statistic } = pearson([30, 10, 12, 3], [25, 12, 15, 3], 20);
    // 25 | 12 + 15, with the last 3 joined.
    expect(freedom).toBe(1);
    expect(statistic).toBeCloseTo(25 / 25 + 25 / 30, 12);
    expect(pearson([5], [5]).freedom).toBe(0);
  });

  it("take correlations into account", () => {
    expect(
      generalised(
        [3, 4],
        [
          [9, 0],
          [0, 16],
        ],
      ).statistic,
    ).toBeCloseTo(2, 12);
    // Inverse of ((2, 1), (1, 2)) is ((2, -1), (-1, 2)) / 3.
    expect(
      generalised(
        [1, 2],
        [
          [2, 1],
          [1, 2],
        ],
      ).statistic,
    ).toBeCloseTo((2 - 4 + 8) / 3, 12);
    expect(
      generalised(
        [1, 2],
        [
          [1, 1],
          [1, 1],
        ],
      ).pValue,
    ).toBe(0);
  });

  it("know uniform numbers from crowded ones", () => {
    const even = Array.from({ length: 100 }, (_, i) => (i + 0.5) / 100);
    expect(uniformity(even)).toMatchObject({ distance: expect.closeTo(0.005, 12), pValue: 1 });
    expect(uniformity(even.map((value) => 0.5 + value / 2)).pValue).toBeLessThan(1e-10);
    expect(uniformity(even.map((value) => value ** 1.2)).pValue).toBeGreaterThan(0.1);
    // Critical distance of the 5 % level for n = 100 (Smirnov's table): 0.1340.
    expect(uniformity(even.map((value) => Math.min(1, value + 0.129))).pValue).toBeCloseTo(0.05, 2);
  });

  it("fit lines", () => {
    const { slope, intercept, slopeSigma } = fitLine([0, 1, 2].map((x) => ({ x, y: 3 * x + 1, sigma: 0.5 })));
    expect([slope, intercept]).toEqual([expect.closeTo(3, 12), expect.closeTo(1, 12)]);
    expect(slopeSigma).toBeCloseTo(0.5 / Math.SQRT2, 12);
  });
});

describe("sequences", () => {
  it("betray a period", () => {
    const period = Uint8Array.from({ length: 4000 }, (_, i) => Number(i % 16 < 8));
    expect(autocorrelation(period, 0.5, 64).pValue).toBeLessThan(1e-100);
  });

  it("betray clicks at even distances", () => {
    expect(geometricLaw(new Float64Array(5000).fill(100), 0.01, 20).pValue).toBeLessThan(1e-100);
  });
});

describe("afterpulse pairs", () => {
  const link = { ...linkPreset("t12").link, afterpulseProbability: 0.05 };

  it("have hazards that add up to the afterpulse probability", () => {
    let total = 0;
    for (let delay = 1; delay < 1000; delay++) total += hazardAt(link, delay);
    expect(total).toBeCloseTo(0.05, 10);
  });

  it("are counted by delay, detector and expectation", () => {
    // Detector 0 at gates 10 and 12, detector 1 at gate 15.
    const record = { gate: Float64Array.of(10, 12, 15), code: Uint8Array.of(0x40, 0x40, 0x80) };
    const base = 0.001;
    const same = pairExcess(record, link, base, "same");
    const other = pairExcess(record, link, base, "other");
    expect(same.pairs).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    // From 10 to 15 five gates, from 12 three.
    expect(other.pairs).toEqual([0, 1, 1, 0, 0, 0, 0, 0]);
    // Three clicks look ahead to two gates in the first cell; the detector of the first ones carries their hazards.
    expect(same.accidental[0]).toBeCloseTo(6 * base, 12);
    const silent = (hazard: number) => (1 - base) * Math.exp(-hazard);
    const carriers = carriersPerAvalanche(link) / link.afterpulseProbability;
    const [a1, a2, a3, a4] = [1, 2, 3, 4].map((delay) => carriers * hazardAt(link, delay)) as [
      number,
      number,
      number,
      number,
    ];
    const expected = [a1, a2, a1 + a3, a2 + a4, a1, a2].map((hazard) => 1 - silent(hazard));
    expect(same.expected[0]).toBeCloseTo(sum(expected), 12);
  });
});

describe("bits in order", () => {
  const fair = (seed: bigint) => bitStream(`stream ${seed}`, coins(seed, 2 ** 16));

  it("score what follows from one or two earlier bits, and nothing else", () => {
    const [one, other] = [fair(1n), fair(2n)];
    const third = { ...differing(earlier(one, 3), earlier(other, 40)), name: "third" };
    const pair = parityScore(third, differing(earlier(one, 3), earlier(other, 40)));
    expect(pair.score).toBeCloseTo(Math.sqrt(2 ** 16 - 64), 0);
    expect(pair.what).toBe("third x stream 1 3 earlier x stream 2 40 earlier");
    for (const lag of [1, 3, 31, 32, 40, 64]) {
      expect(Math.abs(parityScore(third, earlier(one, lag)).score)).toBeLessThan(5);
      expect(Math.abs(parityScore(one, earlier(other, lag)).score)).toBeLessThan(5);
    }
  });

  it("move by any number of places", () => {
    const bits = coins(3n, 256);
    for (const lag of [1, 31, 32, 33, 64, 95]) {
      const { words, from } = earlier(bitStream("bits", bits), lag);
      expect(from).toBe(Math.ceil(lag / 32));
      for (let at = 32 * from; at < 256; at++)
        expect((words[at >>> 5]! >>> (at & 31)) & 1, `${at} by ${lag}`).toBe(bits[at - lag]!);
    }
  });

  it("have scores of variance one", () => {
    const streams = [fair(4n), fair(5n), fair(6n)];
    const scores = Array.from({ length: 200 }, (_, lag) =>
      parityScore(streams[0]!, earlier(streams[1]!, lag + 1)),
    );
    const { squares, count, largest } = summarised([...scores, ...streams.map(biasScore)]);
    expect(count).toBe(203);
    expect(Math.abs(squares - count)).toBeLessThan(5 * Math.sqrt(2 * count));
    expect(Math.abs(largest.score)).toBeLessThan(5);
  });

  it("find a run wherever it stands again, plain or inverted, and no other", () => {
    const block = coins(7n, 4096);
    const stretch = coins(8n, 512);
    stretch.set(block.subarray(1234, 1234 + RUN_BITS), 64);
    stretch.set(
      block.subarray(77, 77 + RUN_BITS).map((bit) => 1 - bit),
      256,
    );
    const [index, { words }] = [new RunIndex(bitStream("block", block)), bitStream("stretch", stretch)];
    expect([0, 64, 256, 270].map((at) => index.find(words, at))).toEqual([undefined, 1234, 77, undefined]);
    expect(index.find(bitStream("block", block).words, 96, 96)).toBeUndefined();
    expect(index.find(bitStream("block", block).words, 96)).toBe(96);
  });

  it("show gaps that remember the one before last", () => {
    const uniform = chance(9n);
    const gap = (u: number) => Math.max(1, Math.ceil(Math.log(u) / Math.log1p(-0.01)));
    const gaps = Float64Array.from({ length: 4000 }, () => gap(uniform()));
    expect(lagCorrelation(gaps, 0.01, 16).pValue).toBeGreaterThan(1e-6);
    for (let i = 2; i < gaps.length; i += 4) gaps[i] = gaps[i - 2]!;
    expect(lagCorrelation(gaps, 0.01, 16).pValue).toBeLessThan(1e-20);
  });
});

describe("the forward prediction", () => {
  it("gives the fitted numbers again, and knows what the digits leave open", () => {
    const { link, counts, countSigmas, rateSigmaBps } = forwardPrediction();
    expect(counts[0]! / T12_SESSION.counts[0]).toBeCloseTo(1, 6);
    const { qberPerIntensity } = predictLink(link);
    expect(qberPerIntensity.z[0]).toBeCloseTo(T12_SESSION.qber.z, 6);
    expect(qberPerIntensity.x[0]).toBeCloseTo(T12_SESSION.qber.x, 6);
    // A vacuum of 0.001 photons is printed to half of itself.
    expect(countSigmas[2]! / counts[2]!).toBeGreaterThan(0.005);
    expect(countSigmas[5]!).toBeGreaterThan(Math.sqrt(counts[5]!));
    expect(rateSigmaBps).toBeGreaterThan(5e4);
  });
});
