import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkPreset } from "../../physics/index.ts";
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
import { geometricLaw } from "../honesty/statistics/gap-law.ts";
import { fitLine } from "../honesty/statistics/line-fit.ts";
import { FIVE_SIGMA, normalTwoSided } from "../honesty/statistics/normal-test.ts";
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
