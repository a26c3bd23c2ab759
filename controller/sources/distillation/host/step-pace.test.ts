import { describe, expect, it } from "vitest";
import { StepPace } from "./step-pace.ts";

/** A pace that has seen frames at this interval for long; the last frame and step came at 0. */
function paced(intervalMs: number): StepPace {
  const pace = new StepPace();
  for (let i = -200; i <= 0; i++) pace.frame(i * intervalMs);
  pace.step(0);
  return pace;
}

describe("pace of the engine's steps", () => {
  it("does not wait without frames", () => {
    const pace = new StepPace();
    pace.step(0);
    expect(pace.delayMs(0)).toBe(0);
    expect(pace.roundDelayMs(0, 0)).toBe(0);
  });

  it("spaces two steps to a frame, counted from the last step", () => {
    const pace = paced(24);
    expect(pace.delayMs(0)).toBeCloseTo(12, 6);
    expect(pace.delayMs(1)).toBeCloseTo(11, 6);
    expect(pace.delayMs(20)).toBe(0);
  });

  it("never waits longer than 20 ms nor shorter than 1", () => {
    expect(paced(900).delayMs(0)).toBe(20);
    expect(paced(0.1).delayMs(0)).toBe(1);
  });

  it("answers rounds the sooner the more cohorts are under way", () => {
    const pace = paced(900);
    expect([0, 0.25, 0.9, 1].map((share) => pace.roundDelayMs(0, share))).toEqual([
      20,
      15,
      expect.closeTo(2, 6),
      0,
    ]);
    expect(paced(24).roundDelayMs(0, 0)).toBeCloseTo(12, 6);
    expect(paced(24).roundDelayMs(3, 0.75)).toBeCloseTo(2, 6);
  });

  it("stops when frames stop", () => {
    const pace = paced(24);
    pace.step(1001);
    expect(pace.delayMs(1001)).toBe(0);
    pace.frame(1002);
    expect(pace.delayMs(1002)).toBeGreaterThan(10);
  });
});
