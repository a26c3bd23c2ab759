import { describe, expect, it } from "vitest";
import type { Look } from "../../../diagnosis/index.ts";
import { learningStep, learntBaseline, NOTHING_LEARNT } from "./learning.ts";
import type { SeenLook } from "./site-look.ts";

const LOOK: Look = {
  signalGain: { value: Math.log(8e-3), u: 0.002 },
  vacuumGain: { value: Math.log(2e-5), u: 0.05 },
  qberZ: { value: 0.02, u: 0.0003 },
  qberX: { value: 0.021, u: 0.0005 },
  zeroShare: { value: 0.51, u: 0.001 },
};
const seen = (look: Look = LOOK): SeenLook => ({
  look,
  sifted: {
    gates: 1e8,
    detections: 8e5,
    sent: [6.3e7, 0.7e7, 0.7e7, 2.1e7, 0.25e7, 0.25e7],
    sifted: [4e5, 1e4, 100, 3.3e4, 900, 8],
    errors: [8000, 300, 50, 700, 30, 4],
    doubleClicks: 30,
    photocurrentNa: 300,
    ones: [2e5, 1.6e4],
  },
  reports: [],
  frames: null,
});
const step = (one: SeenLook, up = true) =>
  learningStep(NOTHING_LEARNT, { seen: one, atS: 30, lookS: 30, up });

describe("learning a link that runs", () => {
  it("counts looks of a link that is up, and only those", () => {
    expect(step(seen()).learntS).toBe(30);
    expect(step(seen(), false)).toBe(NOTHING_LEARNT);
  });

  it.each(Object.keys(LOOK))("passes a look over that lacks %s", (name) => {
    expect(step(seen({ ...LOOK, [name]: undefined }))).toBe(NOTHING_LEARNT);
  });

  it("passes a look over in which no block ended", () => {
    expect(step({ ...seen(), sifted: null })).toBe(NOTHING_LEARNT);
  });

  it("gives a baseline of which looks within an hour count as one", () => {
    const learnt = Array.from({ length: 10 }, (_, at) => at).reduce(
      (before, at) => learningStep(before, { seen: seen(), atS: 30 * at, lookS: 30, up: true }),
      NOTHING_LEARNT,
    );
    expect(learnt.learntS).toBe(300);
    const settings = { clockHz: 1e9, intensities: [0.5, 0.1, 0.001] as const, deadGates: 10 };
    const baseline = learntBaseline(learnt, settings);
    expect(baseline.independentLooks).toBe(1);
    expect(baseline.look.signalGain?.value).toBeCloseTo(Math.log(8e-3), 6);
    expect(baseline.link.aliceZProbability).toBeCloseTo(7.7 / 10.3, 9);
    expect(() => learntBaseline(NOTHING_LEARNT, settings)).toThrow(/at least one look|too little light/);
  });
});
