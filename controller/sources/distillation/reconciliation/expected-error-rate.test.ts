import { describe, expect, it } from "vitest";
import { ExpectedErrorRate } from "./expected-error-rate.ts";

const of = (rate: number, bits: number) => ({ errors: Math.round(rate * bits), bits });

describe("the expected error rate", () => {
  it("starts from the test bits of the first block", () => {
    expect(new ExpectedErrorRate(4).expect(0, of(0.02, 10_000))).toBeCloseTo(0.02, 2);
  });

  it("assumes three percent where nothing is known", () => {
    expect(new ExpectedErrorRate(4).expect(0, { errors: 0, bits: 0 })).toBeCloseTo(0.03);
  });

  it("follows the corrected errors of blocks that are certainly finished, and no others", () => {
    const estimate = new ExpectedErrorRate(2);
    estimate.expect(0, of(0.01, 1000));
    estimate.settled(0, of(0.04, 100_000), of(0.01, 1000));
    expect(estimate.expect(1, of(0.01, 1000))).toBeLessThan(0.02);
    expect(estimate.expect(2, of(0.01, 1000))).toBeCloseTo(0.04, 3);
  });

  it("follows a step of the test bits at once, in proportion", () => {
    const estimate = new ExpectedErrorRate(1);
    estimate.expect(0, of(0.02, 10_000));
    estimate.settled(0, of(0.03, 1e6), of(0.02, 10_000));
    expect(estimate.expect(1, of(0.04, 10_000))).toBeCloseTo(0.06, 3);
    expect(estimate.expect(2, of(0.25, 10_000))).toBeGreaterThan(0.2);
  });

  it("does not take chance for a step", () => {
    const estimate = new ExpectedErrorRate(1);
    estimate.expect(0, of(0.02, 1000));
    estimate.settled(0, of(0.025, 1e6), of(0.02, 1000));
    expect(estimate.expect(1, of(0.03, 1000))).toBeCloseTo(0.025, 4);
  });

  it("is the same however late the results of former blocks come, as long as they may", () => {
    const at = (late: boolean) => {
      const estimate = new ExpectedErrorRate(3);
      const rates: number[] = [];
      for (let block = 5; block < 25; block++) {
        const done = block - (late ? 3 : 1);
        if (done >= 5) estimate.settled(done, of(0.02 + done / 1000, 1e5), of(0.02, 1000));
        rates.push(estimate.expect(block, of(0.02, 1000)));
      }
      return rates;
    };
    expect(at(true)).toEqual(at(false));
    expect(new Set(at(true)).size).toBeGreaterThan(10);
  });

  it("goes on when a block before has no result: it was aborted or lost", () => {
    const estimate = new ExpectedErrorRate(1);
    estimate.expect(7, of(0.02, 1000));
    estimate.expect(8, of(0.02, 1000));
    estimate.settled(8, of(0.05, 1e5), of(0.02, 1000));
    expect(estimate.expect(9, of(0.02, 1000))).toBeCloseTo(0.05, 3);
  });

  it("stays inside what reconciliation takes", () => {
    const estimate = new ExpectedErrorRate(1);
    estimate.expect(0, of(0, 1e6));
    estimate.settled(0, of(0, 1e6), of(0, 1e6));
    expect(estimate.expect(1, of(0, 1e6))).toBe(5e-4);
    expect(estimate.expect(2, of(1, 1e6))).toBe(0.5);
  });
});
