import { describe, expect, it } from "vitest";
import { frameChoices } from "./frame-choices.ts";

describe("choices of a block's frames", () => {
  it("are two when nothing was skipped, whatever the length", () => {
    expect([frameChoices(0, 0), frameChoices(1, 0), frameChoices(1e6, 0)]).toEqual([2, 2, 2]);
  });

  it("count every place and number of skipped frames", () => {
    // 2^(s+1) t (t+1) C(t, s), rounded up.
    expect(frameChoices(17, 1) / (4 * 18 * 19 * 18)).toBeCloseTo(1, 9);
    expect(frameChoices(15, 10) / (2048 * 25 * 26 * 3_268_760)).toBeCloseTo(1, 9);
    expect(frameChoices(0, 3) / (16 * 3 * 4)).toBeCloseTo(1, 1);
  });

  it("have shares that add up to at most one", () => {
    let sum = 0.5;
    for (let frames = 1; frames < 60; frames++) {
      let ways = 1;
      for (let skipped = 1; skipped <= frames; skipped++) {
        ways *= (frames - skipped + 1) / skipped;
        sum += ways / frameChoices(frames - skipped, skipped);
      }
    }
    expect(sum).toBeLessThanOrEqual(1);
    expect(sum).toBeGreaterThan(0.8);
  });

  it("are beyond bounds where half of many frames were skipped", () => {
    expect(frameChoices(1000, 1000)).toBe(Number.POSITIVE_INFINITY);
    expect(frameChoices(1e6, 1e6)).toBe(Number.POSITIVE_INFINITY);
  });
});
