import { describe, expect, it } from "vitest";
import {
  inverseLowerBeta,
  inverseLowerGamma,
  inverseUpperBeta,
  inverseUpperGamma,
  logGamma,
  logIncompleteBeta,
  logIncompleteGamma,
} from "./index.ts";

const close = (value: number, reference: number, relative: number) =>
  expect(Math.abs(value / reference - 1), `${value} against ${reference}`).toBeLessThan(relative);

describe("special functions against SciPy", () => {
  it("ln Gamma", () => {
    close(logGamma(0.5), Math.log(Math.PI) / 2, 1e-14);
    close(logGamma(100), 359.134_205_369_575_4, 1e-14);
    close(logGamma(1e10), 220_258_509_288.811_37, 1e-14);
    expect(logGamma(0)).toBeNaN();
  });

  it("incomplete gamma", () => {
    close(Math.exp(logIncompleteGamma(0.5, 1).lower), 0.842_700_792_949_714_9, 1e-13);
    close(Math.exp(logIncompleteGamma(1, 2).upper), Math.exp(-2), 1e-13);
    expect(logIncompleteGamma(3, 0)).toEqual({ lower: Number.NEGATIVE_INFINITY, upper: 0 });
  });

  it("incomplete gamma does not jump where the method changes", () => {
    for (const deviations of [-30, -7, -0.5, -0.001, 0, 0.002, 0.5, 7, 30]) {
      const at = (a: number) => logIncompleteGamma(a, a + deviations * Math.sqrt(a));
      const [below, above] = [at(99_999.999), at(100_000.001)];
      expect(Math.abs(below.lower - above.lower)).toBeLessThan(1e-6);
      expect(Math.abs(below.upper - above.upper)).toBeLessThan(1e-6);
    }
  });

  it.each([
    [0.5, 7.853_981_633_974_466e-25, 29.459_877_841_601_077],
    [3, 0.000_181_720_314_626_374_2, 36.733_009_533_081_75],
    [1e3, 793.439_226_617_076_9, 1239.975_544_394_336_8],
    [1e6, 992_981.669_195_804_4, 1_007_051.656_955_428_5],
  ])("gamma quantiles at 1e-12 for a = %s", (a, lower, upper) => {
    close(inverseLowerGamma(a, 1e-12), lower, 1e-10);
    close(inverseUpperGamma(a + 1, 1e-12), upper, 1e-10);
  });

  it.each([
    [1, 10, 1.000_000_000_000_45e-13, 0.936_904_265_551_980_7],
    [10, 5, 0.031_995_021_121_706_116, 0.999_128_484_559_283_2],
    [1e4, 1e6, 0.009_223_575_358_037_788, 0.010_609_771_525_909_572],
    [5e7, 5e7, 0.499_648_275_851_367_34, 0.500_351_724_148_632_6],
    [5e9, 9.95e11, 0.004_999_503_847_970_452, 0.005_000_496_184_030_21],
  ])("beta quantiles at 1e-12 for a = %s, b = %s", (a, b, lower, upper) => {
    close(inverseLowerBeta(a, b, 1e-12), lower, 1e-9);
    close(inverseUpperBeta(a, b, 1e-12), upper, 1e-9);
  });

  it("incomplete beta is complementary and exact for whole numbers", () => {
    close(Math.exp(logIncompleteBeta(2, 3, 0.4).lower), 0.5248, 1e-12);
    const { lower, upper } = logIncompleteBeta(7, 2, 0.9);
    close(Math.exp(lower) + Math.exp(upper), 1, 1e-13);
    expect(logIncompleteBeta(2, 2, 1).lower).toBe(0);
  });
});

describe("what is no argument", () => {
  it("is not looked for without an end past the largest numbers", () => {
    for (let time = 0; time < 40; time++)
      expect(logIncompleteBeta(1e300, 20, 0.3)).toEqual({ lower: Number.NaN, upper: Number.NaN });
  });

  const { NaN: none, POSITIVE_INFINITY: endless } = Number;
  it.each<[string, () => unknown]>([
    ["logIncompleteGamma of no shape", () => logIncompleteGamma(none, 1)],
    ["logIncompleteGamma of a shape below zero", () => logIncompleteGamma(-1, 1)],
    ["logIncompleteGamma of an endless argument", () => logIncompleteGamma(2, endless)],
    ["inverseLowerGamma of no probability", () => inverseLowerGamma(5, none)],
    ["inverseLowerGamma of certainty", () => inverseLowerGamma(5, 1)],
    ["inverseUpperGamma of no shape", () => inverseUpperGamma(none, 0.5)],
    ["inverseUpperGamma of no probability", () => inverseUpperGamma(5, 0)],
    ["logIncompleteBeta of no shape", () => logIncompleteBeta(1, none, 0.5)],
    ["inverseLowerBeta of no shape", () => inverseLowerBeta(none, 1, 0.5)],
    ["inverseUpperBeta of certainty", () => inverseUpperBeta(2, 3, 1)],
  ])("is refused, not searched for without an end: %s", (_name, call) =>
    expect(call).toThrow(expect.objectContaining({ code: "QKD_PHYSICS_RANGE" })),
  );
});
