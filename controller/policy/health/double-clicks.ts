import { predictLink } from "../../../physics/index.ts";
import type { BlockEvidence } from "./block-evidence.ts";
import { type Span, spanOf } from "./count-span.ts";
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
  // Double clicks grow with the square of the detections that the model follows.
  const spread = { dispersion, relative: 2 * Math.sqrt(dispersion / Math.max(1, report.detections)) };
  const seen = report.doubleClicks;
  const [least, most] = expectedSpan(evidence);
  const { sigmas, doubleClickFactor } = thresholds;
  const text = (mean: number) =>
    `${seen} double clicks in ${report.detections} detections, expected ${mean.toFixed(0)}`;
  if (seen < least / doubleClickFactor && countTest(seen, least, sigmas, spread).low)
    return {
      name: "doubleClicksMissing",
      attack: "blinding",
      evidence: `${text(least)} at least`,
    };
  if (seen > most * doubleClickFactor && countTest(seen, most, sigmas, spread).high)
    return {
      name: "doubleClicksMany",
      attack: "photonNumberSplitting",
      evidence: `${text(most)} at most`,
    };
  return null;
}

/** Double clicks at least and at most. */
function expectedSpan(evidence: BlockEvidence): Span {
  const { report, expected, models } = evidence;
  const extra = Math.max(0, evidence.extra, evidence.extraSpan[1]);
  const [fewest, mostEven] = spanOf(models.map(({ doubleClicks }) => doubleClicks));
  // Detectors whose efficiencies drifted apart meet less often: the product of their shares.
  const ones =
    (report.ones.z + report.ones.x) /
    Math.max(1, basisTotals(evidence, "z").sifted + basisTotals(evidence, "x").sifted);
  const least = fewest * 4 * ones * (1 - ones);
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
  const even = mostEven * Math.max(1, growth);
  // Light at full strength for part of a frame and none for the rest; background light that comes and goes.
  const flickering = share * report.detections;
  const flashes =
    extra > 0 ? report.load.reduce((sum, { gates, detections: n }) => sum + n ** 2 / gates / 4, 0) : 0;
  return [least, Math.max(even, flickering, flashes)];
}
