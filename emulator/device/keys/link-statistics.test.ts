import { describe, expect, it } from "vitest";
import type { FrameStatistics } from "./frame-statistics.ts";
import { LinkStatistics } from "./link-statistics.ts";

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
  perIntensity: [8500, 1400, 100],
  sentPerIntensity: [800_000, 150_000, 50_000],
  mismatched: 1200,
  mismatchedSigned: 60,
  arrivalSumsPs: [5100 * 38, -4950 * 19],
  gaps: { gaps: 60_000, excess: 1800 },
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
    const { countRateHz, visibility, arrivalOffsetPs, gateSkewPs, ...rest } = statistics.readings!;
    expect(rest).toEqual({
      gain: 0.01,
      gains: [8500 / 800_000, 1400 / 150_000, 100 / 50_000],
      doubleClicksHz: 50_000,
      afterpulsePpm: 30_000,
      mismatchedCorrelation: 0.05,
      qberPpm: 22_222,
      qberZPpm: 20_000,
      qberXPpm: 40_000,
      photocurrentsNa: [7, 5],
      biasSagV: 0.1,
    });
    expect(countRateHz[0]).toBeCloseTo(5.1e6, 3);
    // Light: 76,000 detections with 760 errors, 1 %: contrast 98 %.
    expect(visibility).toBeCloseTo(0.98, 9);
    // A fifth of the clicks are not by light; the gates show an arrival nearer by 4058 / 4279 ps^2.
    const scale = 4279 / 4058 / (1 - 0.2);
    expect(arrivalOffsetPs).toBeCloseTo((scale * (38 - 19)) / 2, 1);
    expect(gateSkewPs).toBeCloseTo(scale * (38 + 19), 1);
  });

  it("average over link time, of which a short probe may stand for much", () => {
    const statistics = new LinkStatistics(1e8);
    statistics.add(FRAME, 0.5);
    statistics.add({ ...FRAME, detections: 100 }, 0.5);
    expect(statistics.readings!.gain).toBeCloseTo((1e-2 * Math.exp(-0.5) + 1e-4) / (1 + Math.exp(-0.5)), 12);
    for (let probe = 0; probe < 20; probe++) statistics.add({ ...FRAME, detections: 100 }, 0.5);
    expect(statistics.readings!.gain / 1e-4 - 1).toBeLessThan(0.01);
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

  it("have no gain, arrival, afterpulses and correlation from too few counts", () => {
    const statistics = new LinkStatistics(1e9);
    statistics.add({
      ...FRAME,
      sentPerIntensity: [800_000, 150_000, 900],
      clicksPerDetector: [800, 5000],
      mismatched: 900,
      gaps: { gaps: 40_000, excess: 1800 },
    });
    expect(statistics.readings).toMatchObject({
      gains: [8500 / 800_000, 1400 / 150_000, null],
      arrivalOffsetPs: null,
      gateSkewPs: null,
      mismatchedCorrelation: null,
      afterpulsePpm: null,
    });
    const dark = new LinkStatistics(1e9);
    dark.add({ ...FRAME, perIntensity: [8000, 1500, 500] });
    expect(dark.readings).toMatchObject({ arrivalOffsetPs: null, gateSkewPs: null });
  });
});
