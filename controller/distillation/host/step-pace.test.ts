import { describe, expect, it } from "vitest";
import { StepPace } from "./step-pace.ts";

describe("pace of the engine's steps", () => {
  it("does not wait without frames", () => {
    const pace = new StepPace();
    pace.step(1000);
    expect(pace.delayMs(1000)).toBe(0);
  });

  it("spaces steps while frames arrive and stops when they stop", () => {
    const pace = new StepPace();
    pace.frame(1000);
    expect(pace.delayMs(1000)).toBe(0);
    pace.step(1000);
    expect(pace.delayMs(1001)).toBe(2);
    expect(pace.delayMs(1010)).toBe(0);
    pace.step(1060);
    expect(pace.delayMs(1061)).toBe(0);
    pace.frame(1061);
    expect(pace.delayMs(1061)).toBe(2);
  });
});
