import type { BlockEvidence } from "./block-evidence.ts";
import { countTest } from "./count-test.ts";
import { basisTotals, tooFewErrors } from "./error-rates.ts";
import { type Indicator, LEAST_COUNTS, percent } from "./indicator.ts";

/**
 * Gains of the three intensities against the Poisson statistics of Alice's pulses. A decoy gain off the line through
 * signal and vacuum gain: somebody chose pulses by their photon number. Vacuum pulses that click, but with the right bit,
 * as no background would: clicks are forced, whatever Alice sent.
 */
export function photonStatisticsIndicators(evidence: BlockEvidence): Indicator[] {
  return [decoyOff(evidence), gainsAlike(evidence)].filter((indicator) => indicator !== null);
}

function decoyOff({ gains, model, thresholds, expected, dispersion }: BlockEvidence): Indicator | null {
  const [u, v, w] = gains;
  const implied = (model.gains[1] * u.gain) / model.gains[0];
  const mean = implied * v.sent;
  if (mean < LEAST_COUNTS) return null;
  // The background was fitted to the vacuum clicks: their chance moves the implied decoy gain, less the brighter decoys are.
  const [a, b, c] = expected.intensities;
  const ofVacuum = w.clicks >= LEAST_COUNTS ? (Math.sqrt(w.clicks) / w.sent) * ((a - b) / (a - c)) : 0;
  const relative = Math.sqrt(dispersion * (1 / u.clicks + (ofVacuum / implied) ** 2));
  const { high, low, sigmas } = countTest(v.clicks, mean, thresholds.sigmas, { relative, dispersion });
  if (!(high || low) || Math.abs(v.gain / implied - 1) < thresholds.decoyRelative) return null;
  return {
    name: "decoyRatio",
    attack: "photonNumberSplitting",
    evidence: `decoy gain ${v.gain.toExponential(2)}, signal and vacuum gain imply ${implied.toExponential(2)} (${sigmas.toFixed(0)} sigma)`,
  };
}

function gainsAlike(evidence: BlockEvidence): Indicator | null {
  const { gains, model, lit, extra } = evidence;
  if (!lit) return null;
  const basis = tooFewErrors(evidence, "z") ? "z" : tooFewErrors(evidence, "x") ? "x" : null;
  if (basis === null) return null;
  const { sifted, errors } = basisTotals(evidence, basis);
  return {
    name: "gainsAlike",
    attack: "blinding",
    evidence: `vacuum gain ${gains[2].gain.toExponential(2)} beside a signal gain of ${gains[0].gain.toExponential(2)}: ${extra.toExponential(1)} clicks per gate too many, which as background light would mean a QBER of ${percent(model.qber[basis])} in ${basis.toUpperCase()}, seen ${percent(errors / sifted)}`,
  };
}

/**
 * Signal gain over the expected one, both without the clicks that vacuum pulses show too, and per gate in which the
 * receiver was not blind: light added beside the signal is no better line.
 */
export function gainTooHigh({ report, gains, expected, thresholds }: BlockEvidence): Indicator | null {
  const load = report.detections / Math.max(1, Number(report.gates)) / expected.clicksPerGate;
  const live = Math.max(0.01, 1 - (1 - expected.liveFraction) * load);
  const background = expected.liveFraction * (expected.darkGain + expected.afterpulseGain);
  const usual = Math.max(Number.EPSILON, expected.signalGain - background) / expected.liveFraction;
  const growth = Math.max(0, gains[0].gain - gains[2].gain) / live / usual;
  const beyondChance = (growth - 1) * Math.sqrt(gains[0].clicks) > thresholds.sigmas;
  if (!(growth > thresholds.gainFactor && beyondChance)) return null;
  return {
    name: "gainTooHigh",
    attack: "lineReplaced",
    evidence: `signal gain ${growth.toFixed(2)} times the expected one`,
  };
}
