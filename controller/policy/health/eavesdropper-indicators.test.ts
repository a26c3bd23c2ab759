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
import { DEFAULT_THRESHOLDS } from "./indicator.ts";
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
  gates = GATES,
): BlockReport {
  const prediction = predictLink(actual);
  const { sent, sifted, errors } = expectedCounts(actual, gates, prediction);
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
    gates: BigInt(gates),
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
    detections: Math.round(gates * prediction.clicksPerGate),
    doubleClicks: attack.doubleClicks ?? Math.round(gates * prediction.doubleClicksPerGate),
    photocurrentNa: attack.photocurrentNa ?? CHARGE * prediction.clicksPerGate,
    photocurrentPeakNa: attack.photocurrentNa ?? CHARGE * prediction.clicksPerGate,
    load: [{ gates, detections: Math.round(gates * prediction.clicksPerGate) }],
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

/** Small shares of its blocks are many counts. */
const strong: LinkParameters = { ...linkPreset("yuan2018").link, channelLossDb: 2 };
const ofStrong = expectationOf(strong);
const whole = blockOf(strong);

const seen = (report: BlockReport, thresholds: Partial<typeof DEFAULT_THRESHOLDS> = {}) =>
  eavesdropperIndicators(report, ofStrong, CHARGE, { ...DEFAULT_THRESHOLDS, ...thresholds });
const shown = (...args: Parameters<typeof seen>) => seen(...args).map(({ name }) => name);

describe("the photocurrent", () => {
  const clicks = whole.detections / GATES;
  const of = (na: { mean?: number; peak?: number }, charge: number | null) => {
    const { mean = CHARGE * clicks, peak = CHARGE * clicks } = na;
    const report = { ...whole, photocurrentNa: mean, photocurrentPeakNa: peak };
    return eavesdropperIndicators(report, ofStrong, charge).map(({ evidence }) => evidence);
  };
  const allowed = DEFAULT_THRESHOLDS.leakageNa + 2 * CHARGE * clicks;

  it("counts over the block and in its brightest frame, beyond twice the charge that was learned", () => {
    expect(of({ mean: allowed - 1, peak: allowed - 1 }, CHARGE)).toEqual([]);
    expect(of({ mean: allowed + 1 }, CHARGE)).toEqual([expect.stringContaining("on average")]);
    expect(of({ peak: allowed + 1 }, CHARGE)).toEqual([expect.stringContaining("in one frame")]);
  });

  it("is explained by what no detector of this kind exceeds, whatever was learned", () => {
    const most = DEFAULT_THRESHOLDS.leakageNa + 350_000 * clicks;
    for (const charge of [null, 1e9]) {
      expect(of({ mean: most - 1, peak: most - 1 }, charge)).toEqual([]);
      expect(of({ mean: most + 1 }, charge)).toHaveLength(1);
    }
  });
});

describe("double clicks", () => {
  const alike = { doubleClickFactor: 1 };
  // Less background than expected: no light that comes and goes could have made any of them.
  const noisy = expectationOf({ ...strong, darkCountsPerGate: [5e-4, 5e-4] });
  const darker = (change: Partial<LinkParameters> = {}) =>
    blockOf({ ...strong, darkCountsPerGate: [4e-4, 4e-4], ...change });
  const usual = darker();
  const onNoisy = (report: BlockReport, thresholds = {}) => {
    const all = { ...DEFAULT_THRESHOLDS, ...thresholds };
    return eavesdropperIndicators(report, noisy, CHARGE, all).map(({ name }) => name);
  };
  const doubles = (factor: number, thresholds = {}, report = usual) =>
    onNoisy({ ...report, doubleClicks: Math.round(factor * report.doubleClicks) }, thresholds);

  it("count beyond twice and below half of what is expected", () => {
    // Errors of three hundredths, of whatever cause, bring a quarter more of them.
    expect([doubles(0.55), doubles(2.3)]).toEqual([[], []]);
    expect([doubles(0.45), doubles(2.8)]).toEqual([["doubleClicksMissing"], ["doubleClicksMany"]]);
  });

  it("count only where chance does not explain them", () => {
    const few = blockOf(strong, {}, 1e5);
    expect(few.doubleClicks).toBe(11);
    expect(shown({ ...few, doubleClicks: 4 })).toEqual([]);
    const fewer = blockOf(strong, {}, 2e4);
    expect(shown({ ...fewer, doubleClicks: 24 })).toEqual([]);
    expect(shown({ ...fewer, doubleClicks: 200 })).toEqual(["doubleClicksMany"]);
    expect(onNoisy(usual, { doubleClickFactor: 0.5 })).toEqual([]);
  });

  it("are as uncertain as the detections that they follow", () => {
    const bright = { ...strong, intensities: [8, 0.2, 0.001] as const };
    const report = blockOf(bright, {}, 1e7);
    const sigma = Math.sqrt(report.doubleClicks * (1 + 2 * strong.afterpulseProbability));
    const missing = (sigmas: number) =>
      eavesdropperIndicators(
        { ...report, doubleClicks: Math.round(report.doubleClicks - sigmas * sigma) },
        expectationOf(bright),
        CHARGE,
        { ...DEFAULT_THRESHOLDS, ...alike },
      ).some(({ name }) => name === "doubleClicksMissing");
    expect([missing(6.3), missing(7)]).toEqual([false, true]);
  });

  it("are fewer where the detectors drifted apart, and more where errors or flicker make them", () => {
    expect(doubles(0.87, alike)).toContain("doubleClicksMissing");
    const { z, x } = usual.ones;
    const apart = { ...usual, ones: { z: Math.round(1.4 * z), x: Math.round(1.4 * x) } };
    expect(doubles(0.87, alike, apart)).not.toContain("doubleClicksMissing");
    expect(doubles(1.2, alike)).toEqual([]);
    expect(doubles(1.4, alike)).toContain("doubleClicksMany");
    const disturbed = darker({ misalignment: { z: 0.2, x: 0.2 } });
    expect(disturbed.doubleClicks).toBeGreaterThan(1.1 * usual.doubleClicks);
    expect(onNoisy(disturbed, alike)).not.toContain("doubleClicksMany");
    const half = { gates: GATES / 2, detections: usual.detections / 2 };
    const load = [0.6, 1.4].map((share) => ({ ...half, detections: half.detections * share }));
    expect(doubles(1.16 * 1.2, alike, { ...usual, load })).not.toContain("doubleClicksMany");
    // Half of each frame without light: half of the detections, and of their double clicks.
    const dimmed = darker({ channelLossDb: 5 });
    const flickering = Math.floor((0.99 * usual.doubleClicks * dimmed.detections) / usual.detections);
    expect(flickering).toBeGreaterThan(1.5 * dimmed.doubleClicks);
    expect(onNoisy({ ...dimmed, doubleClicks: flickering }, alike)).not.toContain("doubleClicksMany");
  });
});

describe("the balance of the detectors", () => {
  const total = { z: 2 * whole.ones.z, x: 2 * whole.ones.x };
  const ones = (z: number, x: number, report = whole) => ({
    ...report,
    ones: { z: Math.round(z * total.z), x: Math.round(x * total.x) },
  });

  it("is lost in either basis to either side, beyond a drift of two hundredths", () => {
    for (const share of [0.481, 0.519]) expect(shown(ones(share, share))).toEqual([]);
    for (const share of [0.479, 0.521]) {
      const [z, x] = [seen(ones(share, 0.5)), seen(ones(0.5, share))];
      expect([z, x].map(([found]) => found?.evidence.slice(0, 25))).toEqual([
        expect.stringMatching(/^\d\d\.\d0 % of the 156\d+/),
        expect.stringMatching(/^\d\d\.\d0 % of the 693\d+/),
      ]);
      expect([...z, ...x].map(({ name }) => name)).toEqual(["detectorBalance", "detectorBalance"]);
    }
  });

  /** A block whose sifted bits are so many in Z, of which a share is 1, on a link with the given thresholds. */
  const small = (bits: number, share: number, thresholds = {}) => {
    const factor = bits / total.z;
    const report = blockOf(strong, {}, Math.round(GATES * factor));
    return shown({ ...report, ones: { z: Math.round(bits * share), x: report.ones.x } }, thresholds);
  };

  it("is a binomial matter, and none of forty bits", () => {
    // Standard deviations of a binomial count, of which a Poisson number of the mean would make two thirds.
    expect(small(15_000, 0.5 + (7.5 * 0.5) / Math.sqrt(15_000))).toEqual(["detectorBalance"]);
    expect(small(15_000, 0.5 + (5 * 0.5) / Math.sqrt(15_000))).toEqual([]);
    expect(small(39, 1, { sigmas: 2 })).not.toContain("detectorBalance");
    expect(small(60, 1, { sigmas: 2 })).toContain("detectorBalance");
  });

  it("of unequal detectors may be any that the few vacuum clicks allow", () => {
    const unequal: LinkParameters = {
      ...strong,
      channelLossDb: 22,
      detectorEfficiency: [0.15, 0.25],
      darkCountsPerGate: [2e-4, 2e-4],
      intensityProbabilities: [0.99, 0.008, 0.002],
    };
    const report = blockOf(unequal, {}, 8e7);
    const of = (share: number) => {
      const ones = { z: Math.round(2 * share * report.ones.z), x: report.ones.x };
      return namesOf({ ...report, ones }, expectationOf(unequal)).includes("detectorBalance");
    };
    expect([0.44, 0.5, 0.53, 0.56, 0.59, 0.7].map(of)).toEqual([true, false, false, false, false, true]);
  });

  it("of unequal detectors is drawn to the middle by background", () => {
    const unequal = { ...strong, channelLossDb: 12, detectorEfficiency: [0.15, 0.25] as const };
    const lit = { ...unequal, noisePerGate: 0.004 };
    const { background, gains } = predictLink(lit);
    const report = blockOf(lit);
    const noise = (background[0] + background[1]) / gains[0];
    expect(noise).toBeGreaterThan(0.2);
    // Half of what is not background comes as 5 to 8.
    const share = (wrong: number) => 0.625 * (1 - wrong) + 0.375 * wrong;
    const seenShare = (1 - noise) * share(0.01) + noise * 0.5;
    const of = (ones: number) => Math.round(2 * ones * seenShare);
    const drawn = { ...report, ones: { z: of(report.ones.z), x: of(report.ones.x) } };
    expect(namesOf(drawn, expectationOf(unequal))).not.toContain("detectorBalance");
  });
});

describe("error rates", () => {
  const qber = ofStrong.qber;
  const rates = (z: number, x: number, gates = GATES) =>
    shown(blockOf(strong, { qber: { z: qber.z + z, x: qber.x + x } }, gates));

  it("count beyond a quarter and half a hundredth more than expected, and not by chance", () => {
    const margin = 0.005 + 0.25 * qber.z;
    expect(rates(margin - 1e-3, margin - 1e-3)).toEqual([]);
    expect(rates(margin + 1e-3, 0)).toEqual(["qberZ"]);
    expect(rates(0, margin + 1e-3)).toEqual(["qberX"]);
    expect(shown(whole, { qberAbsolute: -1 })).toEqual([]);
  });

  it("of the bases differ by more than two hundredths, and not by chance", () => {
    const loose = { qberAbsolute: 1 };
    const differ = (x: number, gates: number) =>
      shown(blockOf(strong, { qber: { z: qber.z, x: qber.x + x } }, gates), loose);
    expect([differ(0.019, GATES), differ(0.021, GATES)]).toEqual([[], ["basisAsymmetry"]]);
    expect(differ(0.05, 1e5)).toEqual([]);
    expect(shown(whole, { basisDifference: 0 })).toEqual([]);
  });

  it("of fewer than twenty bits tell nothing", () => {
    const { sent, sifted, errors } = whole.counts;
    const bits = (count: number) => ({
      ...whole,
      counts: {
        sent,
        sifted: [...sifted.slice(0, 3), count, 0, 0],
        errors: [...errors.slice(0, 3), count, 0, 0],
      },
    });
    expect(shown(bits(19))).not.toContain("qberX");
    expect(shown(bits(21))).toContain("qberX");
  });
});

describe("a block", () => {
  it("with hardly a signal click is judged by its current alone", () => {
    const { sent, sifted, errors } = whole.counts;
    const dark = (clicks: number) => ({
      ...whole,
      counts: { sent, sifted: [clicks, ...sifted.slice(1, 3), 0, 0, 0], errors: [0, ...errors.slice(1)] },
    });
    expect(shown(dark(19))).toEqual([]);
    expect(shown(dark(21))).not.toEqual([]);
  });

  it("is judged anew under other thresholds, and against another link", () => {
    const report = { ...whole, doubleClicks: 10 * whole.doubleClicks };
    expect(shown(report)).toEqual(["doubleClicksMany"]);
    expect(shown(report, { doubleClickFactor: 20 })).toEqual([]);
    expect(shown(report)).toEqual(["doubleClicksMany"]);
    expect(namesOf(report, expectationOf({ ...strong, channelLossDb: 4 }))).toContain("gainTooHigh");
  });
});
