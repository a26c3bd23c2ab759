import { describe, expect, it } from "vitest";
import {
  blindingSignature,
  expectedCounts,
  interceptResendSignature,
  type LinkParameters,
  linkPreset,
  photonNumberSplittingSignature,
  predictLink,
} from "../../../physics/index.ts";
import type { BlockReport } from "../../sources/distillation/block-report.ts";
import { backgroundLight, eavesdropperIndicators } from "./eavesdropper-indicators.ts";
import { expectationOf } from "./link-expectation.ts";

const link: LinkParameters = { ...linkPreset("t12").link, channelLossDb: 10 };
const expected = expectationOf(link);
const GATES = 4e9;
/** Photocurrent of 35 fC a click at 1 GHz, nA per click and gate. */
const CHARGE = 35_000;

/** A block with exactly the mean counts of a link, changed by an attack's gains and error rates. */
function blockOf(
  actual: LinkParameters,
  attack: {
    gains?: readonly number[];
    qber?: { z: number; x: number };
    doubleClicks?: number;
    photocurrentNa?: number;
  } = {},
): BlockReport {
  const prediction = predictLink(actual);
  const { sent, sifted, errors } = expectedCounts(actual, GATES, prediction);
  const gains = attack.gains ?? prediction.gains;
  const changed = sifted.map(
    (count, index) => (count * (gains[index % 3] ?? 0)) / prediction.gains[(index % 3) as 0 | 1 | 2],
  );
  const wrong = changed.map((count, index) => {
    const qber = index < 3 ? attack.qber?.z : attack.qber?.x;
    return qber === undefined ? (count * (errors[index] ?? 0)) / (sifted[index] || 1) : count * qber;
  });
  const round = (values: readonly number[]) => values.map(Math.round);
  const counts = { sent: round(sent), sifted: round(changed), errors: round(wrong) };
  return {
    sequence: 1,
    blockId: "",
    frames: 1,
    gates: BigInt(GATES),
    siftedZ: 0,
    siftedX: 0,
    leakBits: 0,
    counts,
    reconciliationEfficiency: 1.1,
    reconciliationEfficiencyBothWays: 1.1,
    singlePhotonBits: 0,
    phaseErrorRate: 0,
    secretBits: 1000,
    epsilon: { secrecy: 0, correctness: 0, authentication: 0 },
    aborted: null,
    qber: { z: 0, x: 0 },
    detections: Math.round(GATES * prediction.clicksPerGate),
    doubleClicks: attack.doubleClicks ?? Math.round(GATES * prediction.doubleClicksPerGate),
    photocurrentNa: attack.photocurrentNa ?? CHARGE * prediction.clicksPerGate,
    photocurrentPeakNa: attack.photocurrentNa ?? CHARGE * prediction.clicksPerGate,
    load: [{ gates: GATES, detections: Math.round(GATES * prediction.clicksPerGate) }],
    ones: {
      z: Math.round((counts.sifted[0]! + counts.sifted[1]! + counts.sifted[2]!) / 2),
      x: Math.round((counts.sifted[3]! + counts.sifted[4]! + counts.sifted[5]!) / 2),
    },
    openedAtMs: 0,
    collectedAtMs: 0,
  };
}

const namesOf = (report: BlockReport, expectation = expected) =>
  eavesdropperIndicators(report, expectation, CHARGE)
    .map(({ name }) => name)
    .sort();

describe("eavesdropper indicators", () => {
  it.each([
    ["the link as it is", link],
    ["3 dB more fibre loss", { ...link, channelLossDb: 13 }],
    ["8 dB more fibre loss", { ...link, channelLossDb: 18 }],
    ["half a decibel less loss", { ...link, channelLossDb: 9.5 }],
    [
      "an error rate a little up",
      { ...link, misalignment: { z: link.misalignment.z + 0.003, x: link.misalignment.x + 0.003 } },
    ],
  ])("stay quiet on %s", (_name, actual) => {
    expect(namesOf(blockOf(actual))).toEqual([]);
  });

  it("stay quiet on a strong link with a long dead time when its loss changes", () => {
    const strong: LinkParameters = { ...linkPreset("yuan2018").link, channelLossDb: 2, deadGates: 30 };
    const measure = expectationOf(strong);
    for (const channelLossDb of [1.5, 2, 4, 8]) {
      expect(namesOf(blockOf({ ...strong, channelLossDb }), measure)).toEqual([]);
    }
  });

  it("take a lit neighbour channel for what it is, unless there is more to it", () => {
    const lit: LinkParameters = { ...link, noisePerGate: link.noisePerGate + 1e-4 };
    const light = backgroundLight(blockOf(lit), expected);
    expect(light).toBeGreaterThan(0.9e-4);
    expect(light).toBeLessThan(1.1e-4);
    expect(namesOf(blockOf(lit))).toEqual([]);
    expect(backgroundLight(blockOf(link), expected)).toBeNull();
    const qber = interceptResendSignature(lit, 0.3, 0.5).qber;
    expect(namesOf(blockOf(lit, { qber }))).toEqual(expect.arrayContaining(["qberX", "qberZ"]));
    expect(backgroundLight(blockOf(lit, { qber }), expected)).toBeNull();
  });

  it("see intercept-resend in the bases that it disturbs", () => {
    const even = interceptResendSignature(link, 1, 0.5).qber;
    expect(namesOf(blockOf(link, { qber: even }))).toEqual(["qberX", "qberZ"]);
    const biased = interceptResendSignature(link, 1, 15 / 16).qber;
    expect(namesOf(blockOf(link, { qber: biased }))).toEqual(["basisAsymmetry", "qberX", "qberZ"]);
    const rare = interceptResendSignature(link, 0.1, 15 / 16).qber;
    expect(namesOf(blockOf(link, { qber: rare }))).toContain("qberX");
    expect(namesOf(blockOf(link, { qber: rare }))).not.toContain("qberZ");
  });

  it("see photon-number splitting in the decoy gain alone", () => {
    const { gains } = photonNumberSplittingSignature(link, 1);
    expect(namesOf(blockOf(link, { gains }))).toContain("decoyRatio");
    expect(namesOf(blockOf(link, { gains: photonNumberSplittingSignature(link, 0.15).gains }))).toEqual([
      "decoyRatio",
    ]);
  });

  it("take no splitting for a decoy gain that chance in few vacuum clicks explains", () => {
    const dim: LinkParameters = { ...linkPreset("t12").link, channelLossDb: 26 };
    const measure = expectationOf(dim);
    const mean = blockOf(dim);
    // Vacuum clicks three, decoy clicks three and a half standard deviations off, to opposite sides.
    const off = (sign: number) => {
      const sigmas = [0, 3.5 * sign, -3 * sign, 0, 0, 0];
      const sifted = mean.counts.sifted.map((count, index) =>
        Math.round(count + (sigmas[index] ?? 0) * Math.sqrt(count)),
      );
      return { ...mean, counts: { ...mean.counts, sifted } };
    };
    for (const sign of [1, -1]) expect(namesOf(off(sign), measure)).toEqual([]);
  });

  it("see blinding in gains, double clicks and photocurrent", () => {
    const { gains, qber } = blindingSignature(link, 0.5);
    expect(namesOf(blockOf(link, { gains, qber, doubleClicks: 0, photocurrentNa: 5000 }))).toEqual([
      "doubleClicksMissing",
      "gainsAlike",
      "photocurrent",
    ]);
  });

  it("see a signal that grew beyond what a fibre can", () => {
    expect(namesOf(blockOf({ ...link, channelLossDb: 8 }))).toEqual(["gainTooHigh"]);
  });

  it("give their evidence in figures, and judge nothing from a handful of counts", () => {
    const report = blockOf(link, { qber: { z: 0.25, x: 0.25 } });
    expect(eavesdropperIndicators(report, expected, null)[0]?.evidence).toMatch(
      /^QBER in Z 25\.00 % of \d+ bits, expected \d\.\d\d % \(\d+ sigma\)$/,
    );
    const zeros = [0, 0, 0, 0, 0, 0];
    const empty = {
      ...report,
      detections: 0,
      doubleClicks: 0,
      gates: 0n,
      load: [],
      photocurrentNa: 0,
      photocurrentPeakNa: 0,
      counts: { sent: zeros, sifted: zeros, errors: zeros },
    };
    expect(eavesdropperIndicators(empty, expected, null)).toEqual([]);
  });
});
