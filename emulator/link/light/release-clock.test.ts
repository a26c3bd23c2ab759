import { describe, expect, it } from "vitest";
import { ReleaseClock } from "./release-clock.ts";

describe("the release clock", () => {
  it("lets gates pass at the clock rate, and faster at a higher pace", () => {
    for (const [pace, wait] of [
      [1, 30],
      [3, 10],
    ] as const) {
      const clock = new ReleaseClock(1e9, pace);
      clock.start(500n, 1000);
      expect(clock.waitMs(500n + 30_000_000n, 1000)).toBeCloseTo(wait, 9);
      expect(clock.waitMs(500n + 30_000_000n, 1000 + wait)).toBeCloseTo(0, 9);
    }
  });

  it("catches up after a short delay without losing time", () => {
    const clock = new ReleaseClock(1e6, 1);
    clock.start(0n, 0);
    expect(clock.waitMs(100_000n, 400)).toBe(0);
    expect(clock.waitMs(500_000n, 400)).toBe(100);
    expect(clock.lostMs).toBe(0);
  });

  it("gives up what it lags far behind, and counts it", () => {
    const clock = new ReleaseClock(1e6, 1);
    clock.start(0n, 0);
    expect(clock.waitMs(100_000n, 3100)).toBe(0);
    expect(clock.lostMs).toBe(3000);
    expect(clock.waitMs(200_000n, 3100)).toBe(100);
  });
});
