import { describe, expect, it } from "vitest";
import {
  blindingSignature,
  interceptResendSignature,
  photonNumberSplittingSignature,
} from "./eavesdroppers.ts";
import { predictLink } from "./link-prediction.ts";
import { LINK_PRESETS } from "./presets/index.ts";

const link = LINK_PRESETS.t12.link;

describe("attacks on the T12 link at 10 dB", () => {
  it("biased intercept-resend hides in Z and shows in X", () => {
    const biased = interceptResendSignature(link, 1, 15 / 16);
    expect(biased.qber.z).toBeCloseTo(0.071, 3);
    expect(biased.qber.x).toBeCloseTo(0.47, 2);
    const even = interceptResendSignature(link, 1, 0.5);
    expect(even.qber.z).toBeCloseTo(0.271, 3);
    expect(even.qber.x).toBeCloseTo(0.268, 3);
    expect(even.gains).toEqual(predictLink(link).gains);
  });

  it("is linear in the attacked fraction", () => {
    const [none, half, all] = [0, 0.5, 1].map(
      (fraction) => interceptResendSignature(link, fraction, 0.9).qber.x,
    );
    expect(half).toBeCloseTo(((none ?? 0) + (all ?? 0)) / 2, 12);
  });

  it("photon-number splitting keeps the signal gain and starves the decoy", () => {
    const honest = predictLink(link);
    const { gains } = photonNumberSplittingSignature(link, 1);
    expect(gains[0]).toBeCloseTo(honest.gains[0], 12);
    expect(gains[1]).toBeCloseTo(3.48e-4, 5);
    const decoys = 1e9 * 2 ** -7 * (15 / 16) ** 2;
    const score = (gain: number) => ((gain - honest.gains[1]) * decoys) / Math.sqrt(decoys * honest.gains[1]);
    expect(score(gains[1])).toBeCloseTo(-39, 0);
    expect(score(photonNumberSplittingSignature(link, 0.1).gains[1])).toBeCloseTo(-3.9, 1);
  });

  it("photon-number splitting is impossible where multi-photon pulses are too few", () => {
    const near = { ...link, channelLossDb: 0, receiverLossDb: 0, detectorEfficiency: [1, 1] as const };
    expect(() => photonNumberSplittingSignature(near, 1)).toThrow(
      expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }),
    );
  });

  it("blinding evens out the gains", () => {
    const { gains, conclusiveFraction } = blindingSignature(link, 0.5);
    expect(new Set(gains).size).toBe(1);
    expect(conclusiveFraction).toBe(0.5);
    const honest = predictLink(link).gains;
    expect(honest[0] / honest[2]).toBeCloseTo(15.9, 1);
  });

  it.each([-0.1, 1.1, Number.NaN])("refuses a fraction of %s", (fraction) => {
    expect(() => interceptResendSignature(link, fraction, 0.5)).toThrow(/fraction/);
    expect(() => photonNumberSplittingSignature(link, fraction)).toThrow(/fraction/);
  });
});
