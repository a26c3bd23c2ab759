import type { BlockReport } from "../distillation/engine.ts";
import type { LinkExpectation } from "./link-expectation.ts";

/** Something that a block shows and an undisturbed link would not. */
export interface Indicator {
  readonly name:
    | "qberZ"
    | "qberX"
    | "basisAsymmetry"
    | "decoyRatio"
    | "vacuumRatio"
    | "gainTooHigh"
    | "doubleClicksMissing"
    | "doubleClicksMany"
    | "photocurrent";
  /** One sentence with the figures seen and expected. */
  readonly evidence: string;
}

/**
 * When a deviation counts. Every test needs both: `sigmas` standard errors (6: false alarms below 1e-9 a test and
 * block on a link that follows the closed form exactly) and a margin for what calibration and drift may move.
 */
export interface IndicatorThresholds {
  readonly sigmas: number;
  /** Error rate: expectation x (1 + relative) + absolute. */
  readonly qberRelative: number;
  readonly qberAbsolute: number;
  /** Difference of the bases' error rates beyond the expected difference. */
  readonly basisDifference: number;
  /** Relative deviation of the decoy gain from what the signal gain implies. */
  readonly decoyRelative: number;
  readonly vacuumRelative: number;
  /** Signal gain over expectation: no fibre gets this much better by itself. */
  readonly gainFactor: number;
  readonly doubleClickFactor: number;
  readonly photocurrentFactor: number;
}

export const DEFAULT_THRESHOLDS: IndicatorThresholds = {
  sigmas: 6,
  qberRelative: 0.25,
  qberAbsolute: 0.005,
  basisDifference: 0.02,
  decoyRelative: 0.04,
  vacuumRelative: 0.25,
  gainFactor: 1.3,
  doubleClickFactor: 2,
  photocurrentFactor: 2,
};

/** Counts below which a statistic is too poor to judge. */
const LEAST_COUNTS = 20;

/**
 * Compares a block with the closed form (physics paper 1.10): intercept-resend raises error rates, a biased one in
 * the test basis most; photon-number splitting moves the decoy gain against the signal gain; blinding makes all gains
 * alike, silences double clicks and drives the photocurrent. Two honest changes raise none: another fibre loss (the
 * transmittance is taken from the signal gain itself) and background light that explains vacuum gain, decoy gain and
 * error rates together. `photocurrentNa` is the expected current, null if unknown.
 */
export function eavesdropperIndicators(
  report: BlockReport,
  expected: LinkExpectation,
  photocurrentNa: number | null,
  thresholds: IndicatorThresholds = DEFAULT_THRESHOLDS,
): Indicator[] {
  const light = backgroundLight(report, expected, thresholds);
  const found = [
    ...(light === null ? opticalIndicators(report, expected, 0, thresholds) : []),
    oddDoubleClicks(report, expected, light ?? 0, thresholds),
    photocurrentNa !== null && report.photocurrentNa > photocurrentNa * thresholds.photocurrentFactor
      ? {
          name: "photocurrent" as const,
          evidence: `detector photocurrent ${report.photocurrentNa.toFixed(1)} nA, expected ${photocurrentNa.toFixed(1)} nA`,
        }
      : null,
  ];
  return found.filter((indicator) => indicator !== null);
}

/**
 * Clicks per gate of background light beyond the expected, when it and nothing else explains what a block shows: for
 * example a classical channel that was lit on the same fibre. Null on a link as expected, and when it explains nothing.
 */
export function backgroundLight(
  report: BlockReport,
  expected: LinkExpectation,
  thresholds: IndicatorThresholds = DEFAULT_THRESHOLDS,
): number | null {
  if (opticalIndicators(report, expected, 0, thresholds).length === 0) return null;
  const live = liveAt(loadOf(report, expected), expected);
  const [u, , w] = expected.intensities;
  const dark = (k: number) => 1 - gainOf(report.counts, expected, k).gain / live;
  const transmittance = Math.log(dark(2) / dark(0)) / (u - w);
  const background = 1 - dark(2) * Math.exp(transmittance * w);
  const extra = background - expected.darkGain - expected.afterpulseGain * loadOf(report, expected);
  if (!(extra > 0)) return null;
  return opticalIndicators(report, expected, extra, thresholds).length === 0 ? extra : null;
}

/** Everything that error rates and gains show, with `extra` background clicks per gate. */
function opticalIndicators(
  report: BlockReport,
  expected: LinkExpectation,
  extra: number,
  thresholds: IndicatorThresholds,
): Indicator[] {
  return [
    oddErrors(report, expected, "z", extra, thresholds),
    oddErrors(report, expected, "x", extra, thresholds),
    basesDiffer(report, expected, extra, thresholds),
    ...oddGains(report, expected, extra, thresholds),
  ].filter((indicator) => indicator !== null);
}

/** Clicks per gate over the expected ones; 0 when the block has no gates. */
function loadOf(report: BlockReport, expected: LinkExpectation): number {
  const gates = Number(report.gates);
  return gates > 0 ? report.detections / gates / expected.clicksPerGate : 0;
}

/** Fraction of gates in which the receiver is not blind: each click costs the same number of gates. */
function liveAt(load: number, expected: LinkExpectation): number {
  return Math.max(0.01, 1 - (1 - expected.liveFraction) * load);
}

/**
 * Error rate of a basis at the block's load: background clicks are wrong half of the time and weigh more when the
 * fibre lets less light through.
 */
function expectedQber(
  report: BlockReport,
  expected: LinkExpectation,
  basis: "z" | "x",
  extra: number,
): number {
  const load = loadOf(report, expected);
  if (load <= 0) return expected.qber[basis];
  const all = expected.clicksPerGate / expected.liveFraction;
  const background = expected.darkGain + expected.afterpulseGain;
  const optical = Math.max(
    0,
    (expected.qber[basis] * all - background / 2) / Math.max(all - background, 1e-12),
  );
  const seen = (expected.clicksPerGate * load) / liveAt(load, expected);
  const share = Math.min(1, (expected.darkGain + extra + expected.afterpulseGain * load) / seen);
  return optical * (1 - share) + share / 2;
}

/** Too many errors; with extra background light also too few, because light that is there must show. */
function oddErrors(
  report: BlockReport,
  expected: LinkExpectation,
  basis: "z" | "x",
  extra: number,
  { sigmas, qberRelative, qberAbsolute }: IndicatorThresholds,
): Indicator | null {
  const { sifted, errors } = ofBasis(report.counts, basis);
  if (sifted < LEAST_COUNTS) return null;
  const mean = expectedQber(report, expected, basis, extra);
  const seen = errors / sifted;
  const z = (errors - sifted * mean) / Math.sqrt(sifted * mean * (1 - mean));
  const margin = mean * qberRelative + qberAbsolute;
  const deviates = extra > 0 ? Math.abs(seen - mean) >= margin : seen - mean >= margin;
  if (!deviates || Math.abs(z) < sigmas) return null;
  const name = basis === "z" ? "qberZ" : "qberX";
  return {
    name,
    evidence: `QBER in ${basis.toUpperCase()} ${percent(seen)} of ${sifted} bits, expected ${percent(mean)} (${z.toFixed(0)} sigma)`,
  };
}

function basesDiffer(
  report: BlockReport,
  expected: LinkExpectation,
  extra: number,
  { sigmas, basisDifference }: IndicatorThresholds,
): Indicator | null {
  const z = ofBasis(report.counts, "z");
  const x = ofBasis(report.counts, "x");
  if (z.sifted < LEAST_COUNTS || x.sifted < LEAST_COUNTS) return null;
  const excess = (basis: "z" | "x", { sifted, errors }: BasisTotals) =>
    errors / sifted - expectedQber(report, expected, basis, extra);
  const difference = excess("x", x) - excess("z", z);
  const variance = ({ sifted, errors }: BasisTotals) => ((errors + 1) / sifted) * (1 / sifted);
  const sigma = Math.sqrt(variance(z) + variance(x));
  if (Math.abs(difference) < basisDifference || Math.abs(difference) < sigmas * sigma) return null;
  return {
    name: "basisAsymmetry",
    evidence: `QBER of X and Z differ by ${percent(difference)} more than expected (${(difference / sigma).toFixed(0)} sigma)`,
  };
}

/** Decoy and vacuum gains against the transmittance that the signal gain shows. */
function oddGains(
  report: BlockReport,
  expected: LinkExpectation,
  extra: number,
  thresholds: IndicatorThresholds,
): (Indicator | null)[] {
  const [u, v, w] = [0, 1, 2].map((k) => gainOf(report.counts, expected, k)) as [Gain, Gain, Gain];
  if (u.clicks < LEAST_COUNTS) return [];
  const load = loadOf(report, expected);
  const background = expected.darkGain + extra + expected.afterpulseGain * load;
  const live = liveAt(load, expected);
  const transmittance = -Math.log((1 - u.gain / live) / (1 - background)) / expected.intensities[0];
  const implied = (k: number) =>
    live * (1 - (1 - background) * Math.exp(-Math.max(0, transmittance) * (expected.intensities[k] ?? 0)));
  const odd = (
    name: "decoyRatio" | "vacuumRatio",
    seen: Gain,
    k: number,
    margin: number,
  ): Indicator | null => {
    const mean = implied(k);
    const clicks = mean * seen.sent;
    if (clicks < LEAST_COUNTS) return null;
    const relative = seen.gain / mean - 1;
    const sigma = Math.sqrt(1 / clicks + 1 / u.clicks);
    if (Math.abs(relative) < margin || Math.abs(relative) < thresholds.sigmas * sigma) return null;
    return {
      name,
      evidence: `${k === 1 ? "decoy" : "vacuum"} gain ${seen.gain.toExponential(2)}, the signal gain implies ${mean.toExponential(2)} (${(relative / sigma).toFixed(0)} sigma)`,
    };
  };
  const growth = u.gain / live / (expected.signalGain / expected.liveFraction);
  const high = growth > thresholds.gainFactor && (growth - 1) * Math.sqrt(u.clicks) > thresholds.sigmas;
  return [
    odd("decoyRatio", v, 1, thresholds.decoyRelative),
    odd("vacuumRatio", w, 2, thresholds.vacuumRelative),
    high
      ? { name: "gainTooHigh", evidence: `signal gain ${growth.toFixed(2)} times the expected one` }
      : null,
  ];
}

function oddDoubleClicks(
  report: BlockReport,
  expected: LinkExpectation,
  extra: number,
  { sigmas, doubleClickFactor }: IndicatorThresholds,
): Indicator | null {
  const load = loadOf(report, expected);
  if (load <= 0) return null;
  // Per live gate: two photons of a pulse go with the square of its light, half of the background meets a click.
  const nominal = expected.clicksPerGate / expected.liveFraction;
  const clicks = (expected.clicksPerGate * load) / liveAt(load, expected);
  const light = Math.max(0, clicks - extra) / nominal;
  const pairs = expected.doubleClickShare * nominal * light ** 2 + (clicks * extra) / 2;
  const mean = (pairs / clicks) * report.detections;
  const seen = report.doubleClicks;
  const sigma = Math.sqrt(Math.max(1, mean));
  const evidence = `${seen} double clicks in ${report.detections} detections, expected ${mean.toFixed(0)}`;
  if (seen < mean / doubleClickFactor && mean - seen > sigmas * sigma)
    return { name: "doubleClicksMissing", evidence };
  if (seen > mean * doubleClickFactor && seen - mean > sigmas * sigma)
    return { name: "doubleClicksMany", evidence };
  return null;
}

interface BasisTotals {
  readonly sifted: number;
  readonly errors: number;
}

interface Gain {
  readonly sent: number;
  readonly clicks: number;
  readonly gain: number;
}

function ofBasis({ sifted, errors }: BlockReport["counts"], basis: "z" | "x"): BasisTotals {
  const from = basis === "z" ? 0 : 3;
  const sum = (values: readonly number[]) => values.slice(from, from + 3).reduce((a, b) => a + b, 0);
  return { sifted: sum(sifted), errors: sum(errors) };
}

/** Clicks per gate of one intensity, both bases together, as if Bob had always chosen the sent basis. */
function gainOf({ sent, sifted }: BlockReport["counts"], expected: LinkExpectation, k: number): Gain {
  const matched = (sent[k] ?? 0) * expected.bobProbability.z + (sent[k + 3] ?? 0) * expected.bobProbability.x;
  const clicks = (sifted[k] ?? 0) + (sifted[k + 3] ?? 0);
  return { sent: matched, clicks, gain: matched > 0 ? clicks / matched : 0 };
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}
