import { describe, expect, it } from "vitest";
import { expectedCounts, linkPreset } from "../../../physics/index.ts";
import { LossScale } from "./loss-reading.ts";

const { link } = linkPreset("yuan2018");
const scale = new LossScale({ ...link, channelLossDb: 7 });
const countsAt = (channelLossDb: number, change: object = {}) =>
  expectedCounts({ ...link, channelLossDb, ...change }, 1e8);

describe("the loss of a fibre", () => {
  it.each([1, 7, 7.3, 15, 25])("of %s dB is read off the gains of a block", (lossDb) => {
    const reading = scale.read({ counts: countsAt(lossDb) });
    expect(reading?.lossDb).toBeCloseTo(lossDb, 1);
    expect(reading?.uncertaintyDb).toBeGreaterThan(0);
  });

  it("does not move when background light comes in", () => {
    const noisy = scale.read({ counts: countsAt(7, { noisePerGate: 2e-3 }) });
    expect(Math.abs((noisy?.lossDb ?? 0) - 7)).toBeLessThan(0.15);
  });

  it("is not told of a block with hardly any light", () => {
    const dark = {
      sent: [1e8, 1e7, 1e7, 1e7, 1e6, 1e6],
      sifted: [300, 30, 30, 30, 3, 3],
      errors: [0, 0, 0, 0, 0, 0],
    };
    expect(scale.read({ counts: dark })).toBeNull();
    expect(scale.read({ counts: { sent: [], sifted: [], errors: [] } })).toBeNull();
  });
});
