import type { BlockEvidence } from "./block-evidence.ts";
import { meanSpan, spanOf } from "./count-span.ts";
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

function decoyOff({ gains, models, thresholds, dispersion }: BlockEvidence): Indicator | null {
  const [u, v] = gains;
  const implied = spanOf(models.map(({ gains: [signal, decoy] }) => (decoy * u.gain) / signal));
  if (implied[0] * v.sent < LEAST_COUNTS) return null;
  const relative = Math.sqrt(dispersion / u.clicks);
  const against = (gain: number) => ({
    gain,
    ...countTest(v.clicks, gain * v.sent, thresholds.sigmas, { relative, dispersion }),
  });
  const [least, most] = [against(implied[0]), against(implied[1])];
  const nearest = most.high ? most : least.low ? least : null;
  if (nearest === null || Math.abs(v.gain / nearest.gain - 1) < thresholds.decoyRelative) return null;
  return {
    name: "decoyRatio",
    attack: "photonNumberSplitting",
    evidence: `decoy gain ${v.gain.toExponential(2)}, signal and vacuum gain imply ${nearest.gain.toExponential(2)} (${nearest.sigmas.toFixed(0)} sigma)`,
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
export function gainTooHigh({
  report,
  gains: [u, , w],
  expected,
  thresholds,
  dispersion,
}: BlockEvidence): Indicator | null {
  const load = report.detections / Math.max(1, Number(report.gates)) / expected.clicksPerGate;
  const live = Math.max(0.01, 1 - (1 - expected.liveFraction) * load);
  const background = expected.liveFraction * (expected.darkGain + expected.afterpulseGain);
  const usual = Math.max(Number.EPSILON, expected.signalGain - background) / expected.liveFraction;
  const growthOf = (signal: number, vacuum: number) =>
    Math.max(0, signal / u.sent - vacuum / Math.max(1, w.sent)) / live / usual;
  const growth = growthOf(u.clicks, w.clicks);
  const least = growthOf(
    meanSpan(u.clicks, thresholds.sigmas, dispersion)[0],
    meanSpan(w.clicks, thresholds.sigmas, dispersion)[1],
  );
  if (!(growth > thresholds.gainFactor && least > 1)) return null;
  return {
    name: "gainTooHigh",
    attack: "lineReplaced",
    evidence: `signal gain ${growth.toFixed(2)} times the expected one`,
  };
}
