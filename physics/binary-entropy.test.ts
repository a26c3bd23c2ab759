import { describe, expect, it } from "vitest";
import { binaryEntropy, phaseErrorSecrecy } from "./binary-entropy.ts";

describe("binary entropy", () => {
  it("has its known values", () => {
    expect(binaryEntropy(0.5)).toBe(1);
    expect(binaryEntropy(0.11)).toBeCloseTo(0.499_915_958_164_528, 12);
    expect(binaryEntropy(0.25)).toBeCloseTo(2 - 0.75 * Math.log2(3), 14);
    expect(binaryEntropy(1e-12)).toBeCloseTo(1e-12 * (Math.log2(1e12) + 1 / Math.LN2), 20);
  });

  it("is zero at and beyond certainty and keeps NaN visible", () => {
    expect([binaryEntropy(0), binaryEntropy(1), binaryEntropy(-0.1), binaryEntropy(1.1)]).toEqual([
      0, 0, 0, 0,
    ]);
    expect(binaryEntropy(Number.NaN)).toBeNaN();
  });

  it("never gives secrecy back above one half", () => {
    expect(phaseErrorSecrecy(0.5)).toBe(0);
    expect(phaseErrorSecrecy(0.9)).toBe(0);
    expect(phaseErrorSecrecy(0)).toBe(1);
  });
});
