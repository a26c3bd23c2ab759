import { describe, expect, it } from "vitest";
import type { BlockReport } from "../../sources/distillation/index.ts";
import { type FrameHead, SiteLook } from "./site-look.ts";

const block = (errors = 100): BlockReport =>
  ({
    gates: 10_000_000n,
    detections: 30_000,
    counts: {
      sent: [6e6, 7e5, 7e5, 2e6, 3e5, 3e5],
      sifted: [18_000, 500, 10, 1500, 50, 2],
      errors: [errors, 5, 5, 30, 2, 1],
    },
    doubleClicks: 3,
    photocurrentNa: 300,
    ones: { z: 9000, x: 750 },
  }) as unknown as BlockReport;
const frame: FrameHead = {
  role: "qrx",
  gateCount: 1_000_000n,
  detections: 3000,
  clicksPerDetector: [1500, 1500],
  doubleClicks: 1,
  deadGates: 9000,
  photocurrentNa: 300,
};
const bob = () => new SiteLook(1e9, "qrx");

describe("what a site sees of its link", () => {
  it("is what blocks, frames and registers show, and begins anew with each look", () => {
    const seen = bob();
    seen.block(block());
    seen.frame(frame);
    seen.biasSet(57.5);
    seen.registers({ detector0BiasV: 57.4, detector1BiasV: 57.6 });
    const { look, sifted, reports } = seen.take(30);
    for (const name of ["signalGain", "qberZ", "deadGatesPerClick", "biasV", "biasSetV"] as const)
      expect(look[name], name).toBeDefined();
    expect(sifted?.detections).toBe(30_000);
    expect(reports).toHaveLength(1);
    expect(Object.keys(bob().take(30).look)).toEqual([]);
    expect(seen.take(60).look.biasV).toBeUndefined();
  });

  it("counts frames that list other gates since the last look, and not those before the first", () => {
    const seen = bob();
    seen.progress({ frames: 100, digestMismatches: 50 });
    expect(seen.take(1).frames).toEqual({ paired: 0, unlike: 0 });
    seen.progress({ frames: 130, digestMismatches: 60 });
    const { frames, look } = seen.take(2);
    expect(frames).toEqual({ paired: 30, unlike: 10 });
    expect(look.unlikeFrames?.value).toBe(0.25);
  });

  it("lets a block count on while the next one is under way, and no longer", () => {
    const seen = bob();
    seen.block(block());
    seen.take(30);
    seen.block(block());
    seen.take(60);
    expect(seen.take(90).look.qberZ).toBeDefined();
    expect(seen.take(120).look.qberZ).toBeUndefined();
  });

  it("believes registers of now before a block of before, and a block of now before registers", () => {
    const seen = bob();
    for (const atS of [30, 60]) {
      seen.block(block());
      seen.take(atS);
    }
    seen.registers({ qberZPpm: 90_000 });
    expect(seen.take(90).look.qberZ?.value).toBeCloseTo(0.09, 6);
    seen.registers({ qberZPpm: 90_000 });
    seen.block(block());
    expect(seen.take(120).look.qberZ?.value).toBeCloseTo(110 / 18_510, 4);
  });

  it("holds no more than a bounded number of blocks, however many end", () => {
    const seen = bob();
    for (let index = 0; index < 1000; index += 1) seen.block(block());
    expect(seen.take(30).reports).toHaveLength(256);
  });

  it("holds no more than a bounded number of readings", () => {
    const seen = bob();
    for (let index = 0; index < 5000; index += 1)
      seen.registers({ detector0BiasV: index < 512 ? 57 : 12, detector1BiasV: index < 512 ? 57 : 12 });
    expect(seen.take(30).look.biasV?.value).toBe(57);
  });

  it("at the transmitter takes the registers for hers", () => {
    const seen = new SiteLook(1e9, "qtx");
    seen.registers({ laserPowerDbm: -3 });
    seen.frame({ role: "qtx", gateCount: 1n, detections: 1 });
    expect(seen.take(30).look.laserDb?.value).toBe(-3);
  });
});
