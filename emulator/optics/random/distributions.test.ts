import { describe, expect, it } from "vitest";
import { splitAliasTable } from "./alias-table.ts";
import { drawBinomial } from "./binomial.ts";
import { counterUniform } from "./counter-uniform.ts";
import { digitTable, drawDigits } from "./digit-table.ts";
import { drawGeometric, GEOMETRIC_CAP, geometricTable } from "./geometric-table.ts";
import { drawPoissonNumber, poissonNumberTable } from "./poisson-number.ts";
import { subseed } from "./subseed.ts";
import { xoshiroStep } from "./xoshiro.ts";

// Fixed seeds; scores of 5 sigma, about 40 of them: false alarm below 3e-5 over seeds.
const words = () => {
  const state = subseed(1n, "test").slice(0, 4);
  return () => xoshiroStep(state);
};

describe("alias tables", () => {
  it("hold every probability to 2^-32", () => {
    const probabilities = Array.from({ length: 256 }, (_, i) => (i % 7 === 0 ? 0 : (i + 1) ** 2));
    const sum = probabilities.reduce((a, b) => a + b, 0);
    const table = splitAliasTable(probabilities.map((p) => p / sum));
    const weight = new Array<number>(256).fill(0);
    for (const [index, entry] of table.entries()) {
      weight[index]! += entry >>> 8;
      weight[entry & 255]! += 2 ** 24 - (entry >>> 8);
    }
    for (const [index, probability] of probabilities.entries())
      expect(Math.abs(weight[index]! - (probability / sum) * 2 ** 32)).toBeLessThan(200);
  });
});

describe("geometric tables", () => {
  it.each([0.7, 0.05, 0.01, 1e-4, 1e-6])("draw gaps of a hazard of %f", (rate) => {
    const table = geometricTable(rate);
    const next = words();
    const count = 100_000;
    let sum = 0;
    let beyond = 0;
    const reach = Math.ceil(1 / rate);
    for (let i = 0; i < count; i++) {
      const gap = drawGeometric(table, 0, next(), next);
      sum += gap;
      if (gap >= reach) beyond++;
    }
    const q = -Math.expm1(-rate);
    expect(Math.abs((sum / count - (1 - q) / q) / (Math.sqrt(1 - q) / q)) * Math.sqrt(count)).toBeLessThan(5);
    const tail = Math.exp(-rate * reach);
    expect(Math.abs(beyond - count * tail) / Math.sqrt(count * tail * (1 - tail))).toBeLessThan(5);
  });

  it("report no event at all as the cap", () => {
    const next = words();
    expect(drawGeometric(geometricTable(0), 0, next(), next)).toBe(GEOMETRIC_CAP);
  });

  it("draw zero for an overwhelming hazard", () => {
    const next = words();
    expect(drawGeometric(geometricTable(500), 0, next(), next)).toBe(0);
  });
});

describe("tables of digits", () => {
  /** The last cell is open. */
  const LAST = 16_383;
  it.each([0.0016, 0.007, 0.0249, 0.025, 0.05, 0.3, 4])("draw gaps of a hazard of %f", (rate) => {
    const table = digitTable(rate);
    const next = words();
    const count = 300_000;
    const seen = new Uint32Array(LAST + 1);
    for (let i = 0; i < count; i++) {
      const word = next();
      const more = next();
      const bits = {
        entries: [word & 15, (word >>> 4) & 15, more & 15],
        bytes: [(word >>> 8) & 255, (word >>> 16) & 255, (more >>> 8) & 255],
      };
      seen[Math.min(LAST, drawDigits(table, 0, bits, next))]!++;
    }
    // Every cell of ten or more, the last one open: Wilson-Hilferty score of the chi-square.
    let [chi, cells] = [0, 0];
    for (let at = 0, left = count; left > 0; at++, cells++) {
      const last = count * Math.exp(-rate * (at + 1)) < 10 || at === LAST - 1;
      const tail = seen.subarray(at).reduce((sum, n) => sum + n, 0);
      const expected = count * Math.exp(-rate * at) * (last ? 1 : -Math.expm1(-rate));
      chi += ((last ? tail : seen[at]!) - expected) ** 2 / expected;
      left = last ? 0 : tail;
    }
    const freedom = cells - 1;
    const score = ((chi / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
    expect(Math.abs(score)).toBeLessThan(5);
  });

  it.each([
    [0.0496, 2],
    [0.00712, 3],
  ])("hold every digit's probabilities to 2^-32 at a hazard of %f", (rate, digits) => {
    const table = digitTable(rate);
    expect(table[0]).toBe(digits);
    for (let digit = 0; digit < digits; digit++) {
      const at = 1 + 16 * digit;
      const step = rate * 16 ** digit;
      const weight = new Array<number>(16).fill(0);
      for (const [index, entry] of table.subarray(at, at + 16).entries()) {
        weight[index]! += entry >>> 4;
        weight[entry & 15]! += 2 ** 28 - (entry >>> 4);
      }
      // Rounding to whole numbers, all of whose errors the largest takes.
      for (const [value, one] of weight.slice(0, 15).entries())
        expect(Math.abs(one - weight[0]! * Math.exp(-step * value))).toBeLessThan(32);
      expect(weight.reduce((sum, one) => sum + one, 0)).toBe(2 ** 32);
    }
  });

  it("are not made for rare candidates", () => {
    expect(digitTable(0.0015)[0]).toBe(0);
  });
});

describe("zero-truncated Poisson numbers", () => {
  it.each([0.05, 1, 6])("have the mean of rate %f", (rate) => {
    const table = poissonNumberTable(rate);
    const next = words();
    let sum = 0;
    const count = 100_000;
    for (let i = 0; i < count; i++) sum += drawPoissonNumber(table, 0, next());
    const mean = rate / -Math.expm1(-rate);
    const variance = mean * (1 + rate - mean);
    expect(Math.abs(sum / count - mean) / Math.sqrt(variance / count)).toBeLessThan(5);
  });
});

describe("binomial numbers", () => {
  it.each([
    [10, 0.3],
    [1000, 0.002],
    [1e9, 1e-9],
    [1e6, 0.7],
    [1e10, 0.0625],
    [500, 0.5],
  ])("of %d trials at %f have mean and variance", (n, p) => {
    const uniform = counterUniform(subseed(3n, "test"), 17n);
    const count = 20_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < count; i++) {
      const deviation = drawBinomial(n, p, uniform) - n * p;
      sum += deviation;
      squares += deviation * deviation;
    }
    const variance = n * p * (1 - p);
    expect(Math.abs(sum) / Math.sqrt(count * variance)).toBeLessThan(5);
    // Variance of the squared deviation of a binomial: variance (1 - 6 p q) + 2 variance^2.
    const spread = Math.sqrt(count * (variance * (1 - 6 * p * (1 - p)) + 2 * variance ** 2));
    expect(Math.abs(squares - count * variance) / spread).toBeLessThan(5);
  });

  it("have certain ends", () => {
    const uniform = counterUniform(subseed(3n, "test"), 18n);
    expect([drawBinomial(0, 0.5, uniform), drawBinomial(9, 0, uniform), drawBinomial(9, 1, uniform)]).toEqual(
      [0, 0, 9],
    );
  });
});
