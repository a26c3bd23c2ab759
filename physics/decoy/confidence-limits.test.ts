import { describe, expect, it } from "vitest";
import { clopperPearsonLimits, garwoodLimits, rateLimits } from "./confidence-limits.ts";

describe("confidence limits", () => {
  it("match the textbook intervals", () => {
    const ten = clopperPearsonLimits(10, 100, 0.025);
    expect(ten.lower).toBeCloseTo(0.049_005, 6);
    expect(ten.upper).toBeCloseTo(0.176_223, 6);
    const five = garwoodLimits(5, 0.025);
    expect(five.lower).toBeCloseTo(1.623_486, 6);
    expect(five.upper).toBeCloseTo(11.668_332, 6);
  });

  it("are closed at the ends", () => {
    expect(clopperPearsonLimits(0, 50, 0.01).lower).toBe(0);
    expect(clopperPearsonLimits(50, 50, 0.01).upper).toBe(1);
    expect(garwoodLimits(0, 0.01)).toEqual({ lower: 0, upper: expect.closeTo(-Math.log(0.01), 9) });
    expect(rateLimits(0, 0, 0.01)).toEqual({ lower: 0, upper: 1 });
  });

  it("do not collapse at 1e12 trials", () => {
    const { lower, upper } = rateLimits(5e9, 1e12, 1e-12);
    expect(lower).toBeLessThan(5e-3);
    expect(upper).toBeGreaterThan(5e-3);
    expect(upper / lower - 1).toBeCloseTo((2 * 7.034) / Math.sqrt(5e9), 5);
  });

  it("let the Poisson limits contain the binomial ones", () => {
    for (const [hits, trials] of [
      [3, 1000],
      [900, 1e5],
      [1, 1e9],
    ] as const) {
      const binomial = clopperPearsonLimits(hits, trials, 1e-6);
      const poisson = rateLimits(hits, trials, 1e-6);
      expect(poisson.lower).toBeLessThanOrEqual(binomial.lower * (1 + 1e-9));
      expect(poisson.upper).toBeGreaterThanOrEqual(binomial.upper * (1 - 1e-9));
    }
  });
});
