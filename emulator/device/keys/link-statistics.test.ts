import { describe, expect, it } from "vitest";
import { type FrameStatistics, LinkStatistics } from "./link-statistics.ts";

const FRAME: FrameStatistics = {
  gates: 1_000_000,
  detections: 10_000,
  clicksPerDetector: [5100, 4950],
  doubleClicks: 50,
  deadGates: 0,
  zDetections: 9000,
  matched: [8000, 1000],
  errors: [160, 40],
  // 80,000 signal detections, of which 1000 x 4 = 4000 are background (half of them errors), and 760 errors of light.
  fringe: { signal: 80_000, signalErrors: 2760, vacuum: 1000, signalSent: 800_000, vacuumSent: 200_000 },
  photocurrentNa: 12,
  photocurrentsNa: [7, 5],
  biasSagV: 0.1,
};

describe("link statistics", () => {
  it("know nothing before the first frame and after being cleared", () => {
    const statistics = new LinkStatistics(1e9);
    expect(statistics.readings).toBeNull();
    statistics.add(FRAME);
    statistics.clear();
    expect(statistics.readings).toBeNull();
  });

  it("show what one frame contained", () => {
    const statistics = new LinkStatistics(1e9);
    statistics.add(FRAME);
    const { countRateHz, visibility, ...rest } = statistics.readings!;
    expect(rest).toEqual({
      gain: 0.01,
      qberPpm: 22_222,
      qberZPpm: 20_000,
      qberXPpm: 40_000,
      photocurrentsNa: [7, 5],
      biasSagV: 0.1,
    });
    expect(countRateHz[0]).toBeCloseTo(5.1e6, 3);
    // Light: 76,000 detections with 760 errors, 1 %: contrast 98 %.
    expect(visibility).toBeCloseTo(0.98, 9);
  });

  it("follow a change within a few seconds of gates", () => {
    const statistics = new LinkStatistics(1e8);
    for (let i = 0; i < 500; i++) statistics.add(FRAME);
    for (let i = 0; i < 500; i++) statistics.add({ ...FRAME, detections: 20_000 });
    expect(statistics.readings!.gain).toBeGreaterThan(0.0199);
    expect(statistics.readings!.gain).toBeLessThan(0.02);
  });

  it("have no fringe where chance alone would move it across its range", () => {
    const statistics = new LinkStatistics(1e9);
    const fringe = { signal: 3700, signalErrors: 160, vacuum: 1, signalSent: 990_000, vacuumSent: 3900 };
    statistics.add({ ...FRAME, fringe });
    expect(statistics.readings!.visibility).toBeNull();
  });

  it("have no error rate and no fringe from too little light", () => {
    const statistics = new LinkStatistics(1e9);
    const fringe = { ...FRAME.fringe, signal: 20, vacuum: 5 };
    statistics.add({ ...FRAME, matched: [700, 200], errors: [90, 60], fringe });
    expect(statistics.readings).toMatchObject({
      qberZPpm: null,
      qberXPpm: null,
      visibility: null,
      qberPpm: null,
    });
  });
});
