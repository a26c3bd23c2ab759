import { describe, expect, it } from "vitest";
import { type LinkCounters, lookAtCounters } from "./look-at-counters.ts";
import { lookAtFrames } from "./look-at-frames.ts";
import { type LinkReadings, lookAtReadings } from "./look-at-readings.ts";
import { lookAtTallies } from "./look-at-tallies.ts";

const NOTHING: LinkReadings = {
  classicalDbm: null,
  laserDbm: null,
  attenuatorDb: null,
  monitorDbm: null,
  modulatorV: null,
  detectorC: null,
  biasV: null,
  biasSetV: null,
  arrivalPs: null,
  afterpulseProbability: null,
};

describe("readings", () => {
  it("that are missing are absent, and nothing is made up for them", () => {
    expect(lookAtReadings([NOTHING, NOTHING])).toEqual({});
    expect(lookAtReadings([])).toEqual({});
    expect(lookAtReadings([{ ...NOTHING, afterpulseProbability: 0, detectorC: Number.NaN }])).toEqual({});
  });

  it("are what most of them say: a late or wrong one moves neither value nor uncertainty", () => {
    const at = (monitorDbm: number) => ({ ...NOTHING, monitorDbm, laserDbm: 0 });
    const { monitorDb } = lookAtReadings([-40, -20.01, -20, -19.99, -20].map(at));
    expect(monitorDb?.value).toBe(-20);
    expect(monitorDb?.u).toBeLessThan(0.02);
  });

  it("of several channels are their power together, and how many are lit", () => {
    const { classicalDb, litChannels } = lookAtReadings([{ ...NOTHING, classicalDbm: [-10, -10] }]);
    expect(classicalDb?.value).toBeCloseTo(-6.99, 2);
    expect(litChannels?.value).toBe(2);
    const dark = lookAtReadings([{ ...NOTHING, classicalDbm: [] }]);
    expect(dark.classicalDb).toBeUndefined();
    expect(dark.litChannels?.value).toBe(0);
  });
});

describe("counts that units tell", () => {
  const counters: LinkCounters = {
    gains: [0.01, 0.0025, 1e-4],
    qberZ: 0.02,
    qberX: null,
    doubleClicksHz: 400,
    mismatchedCorrelation: 0.1,
    clicksHz: 1e6,
    photocurrentNa: 36,
  };

  it("are on the scales of what frames tell", () => {
    const look = lookAtCounters([counters, counters], 1e8);
    expect(look.signalGain?.value).toBeCloseTo(Math.log(0.01));
    expect(look.decoyRatio?.value).toBeCloseTo(Math.log(0.25));
    expect(look.doubleClicks?.value).toBeCloseTo(2);
    expect(look.chargePerClick?.value).toBeCloseTo(Math.log(35e-6));
    expect(look.qberX).toBeUndefined();
  });

  it("of a dark receiver have no logarithm, and are absent", () => {
    const dark = { ...counters, gains: [0, 0, 0] as const, clicksHz: 0, photocurrentNa: 1 };
    expect(Object.keys(lookAtCounters([dark], 1e8))).toEqual([
      "qberZ",
      "doubleClicks",
      "mismatchedCorrelation",
    ]);
  });
});

describe("frames", () => {
  it("that do not match are a share of all", () => {
    expect(lookAtFrames({ paired: 30, unlike: 10 }).unlikeFrames?.value).toBe(0.25);
    expect(lookAtFrames({ paired: 0, unlike: 0 })).toEqual({});
  });

  it("of no gates show nothing", () => {
    expect(lookAtTallies([], 1e9)).toEqual({});
    expect(() => lookAtTallies([], 0)).toThrow(expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }));
  });
});
