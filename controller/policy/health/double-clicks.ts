import { predictLink } from "../../../physics/index.ts";
import type { BlockEvidence } from "./block-evidence.ts";
import { countTest } from "./count-test.ts";
import { basisTotals } from "./error-rates.ts";
import type { Indicator } from "./indicator.ts";
import { withExtra } from "./loaded-link.ts";

/**
 * Double clicks. Too few: whoever makes the receiver click never fires both detectors (blinding with faked states). Too
 * many: pulses arrive with more photons than a lossy fibre leaves in them (photon-number splitting over a better line).
 * The expectation is a span, because light that flickers within a frame makes more of them than even light does.
 */
export function doubleClickIndicator(evidence: BlockEvidence): Indicator | null {
  const { report, thresholds, dispersion } = evidence;
  const seen = report.doubleClicks;
  const [least, most] = expectedSpan(evidence);
  const { sigmas, doubleClickFactor } = thresholds;
  const text = (mean: number) =>
    `${seen} double clicks in ${report.detections} detections, expected ${mean.toFixed(0)}`;
  if (seen < least / doubleClickFactor && countTest(seen, least, sigmas, { dispersion }).low)
    return {
      name: "doubleClicksMissing",
      attack: "blinding",
      evidence: `${text(least)} at least`,
    };
  if (seen > most * doubleClickFactor && countTest(seen, most, sigmas, { dispersion }).high)
    return {
      name: "doubleClicksMany",
      attack: "photonNumberSplitting",
      evidence: `${text(most)} at most`,
    };
  return null;
}

/** Double clicks at least and at most. */
function expectedSpan(evidence: BlockEvidence): readonly [number, number] {
  const { report, expected, model } = evidence;
  const extra = Math.max(0, evidence.extra);
  // Detectors whose efficiencies drifted apart meet less often: the product of their shares.
  const ones =
    (report.ones.z + report.ones.x) /
    Math.max(1, basisTotals(evidence, "z").sifted + basisTotals(evidence, "x").sifted);
  const least = model.doubleClicks * 4 * ones * (1 - ones);
  // A pulse in the wrong port's way is one that may fire both: errors of whatever cause bring double clicks.
  const observed = (basis: "z" | "x") => {
    const { sifted, errors } = basisTotals(evidence, basis);
    const seen = sifted > 0 ? errors / sifted : 0;
    return Math.min(0.5, Math.max(expected.link.misalignment[basis], seen));
  };
  const disturbed = { ...expected.link, misalignment: { z: observed("z"), x: observed("x") } };
  const full = predictLink(withExtra(disturbed, extra));
  const usual = predictLink(expected.link);
  const share = full.doubleClicksPerGate / full.clicksPerGate;
  const growth = share / (usual.doubleClicksPerGate / usual.clicksPerGate);
  const even = model.doubleClicks * Math.max(1, growth);
  // Light at full strength for part of a frame and none for the rest; background light that comes and goes.
  const flickering = share * report.detections;
  const flashes =
    extra > 0 ? report.load.reduce((sum, { gates, detections: n }) => sum + n ** 2 / gates / 4, 0) : 0;
  return [least, Math.max(even, flickering, flashes)];
}
