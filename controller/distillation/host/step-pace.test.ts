import { describe, expect, it } from "vitest";
import { StepPace } from "./step-pace.ts";

describe("pace of the engine's steps", () => {
  it("does not wait without frames", () => {
    const pace = new StepPace();
    pace.step(1000);
    expect(pace.delayMs(1000, 10)).toBe(0);
  });

  it("spaces steps while frames arrive and stops when they stop", () => {
    const pace = new StepPace();
    pace.frame(1000);
    expect(pace.delayMs(1000, 40)).toBe(0);
    pace.step(1000);
    expect(pace.delayMs(1001, 40)).toBe(3);
    expect(pace.delayMs(1010, 40)).toBe(0);
    pace.step(2060);
    expect(pace.delayMs(2061, 40)).toBe(0);
    pace.frame(2061);
    expect(pace.delayMs(2061, 40)).toBe(3);
  });

  it("waits longer with fewer cohorts under way, within bounds", () => {
    const pace = new StepPace();
    pace.frame(0);
    pace.step(0);
    const delays = [0, 1, 30, 60, 128].map((cohorts) => pace.delayMs(0, cohorts));
    expect(delays).toEqual([8, 8, 160 / 30, 160 / 60, 2]);
  });
});
