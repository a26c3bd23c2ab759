import { type PerIntensity, perIntensity } from "../../../physics/index.ts";
import type { BlockReport } from "../../sources/distillation/block-report.ts";
import { fitBackground, vacuumShare } from "./background-fit.ts";
import { meanSpan, type Span } from "./count-span.ts";
import { countTest } from "./count-test.ts";
import { type IndicatorThresholds, LEAST_COUNTS } from "./indicator.ts";
import type { LinkExpectation } from "./link-expectation.ts";
import { type LoadedLink, loadedLink } from "./loaded-link.ts";

/** Matched clicks of one intensity, both bases together. */
export interface Gain {
  /** Pulses sent for which Bob is expected to choose their basis. */
  readonly sent: number;
  readonly clicks: number;
  readonly gain: number;
}

/** A block beside what the closed form says of it; every indicator judges this. */
export interface BlockEvidence {
  readonly report: BlockReport;
  readonly expected: LinkExpectation;
  readonly thresholds: IndicatorThresholds;
  readonly gains: PerIntensity<Gain>;
  /** Background clicks per gate beyond the link's own that the vacuum gain shows; below zero where there are fewer. */
  readonly extra: number;
  /** The vacuum gain is more than expected, beyond chance and margin. */
  readonly lit: boolean;
  /** The link under the block's load, with the extra background. */
  readonly model: LoadedLink;
  /**
   * The same with the least and with the most background that the counts do not contradict, be they ever so few. What a
   * deviation is judged against is any of the three that explains it.
   */
  readonly models: readonly LoadedLink[];
  readonly extraSpan: Span;
  /** Variance of counts over their mean. */
  readonly dispersion: number;
}

/** Evidence of reports that are still in use: a block is judged for its key, for its alarms and for background light. */
const KNOWN = new WeakMap<
  BlockReport,
  { readonly of: readonly object[]; readonly evidence: BlockEvidence | null }
>();

/** Explains signal and vacuum gain of a block by transmittance and background; null for a block without light. */
export function blockEvidence(
  report: BlockReport,
  expected: LinkExpectation,
  thresholds: IndicatorThresholds,
): BlockEvidence | null {
  const known = KNOWN.get(report);
  if (known !== undefined && known.of[0] === expected && known.of[1] === thresholds) return known.evidence;
  const evidence = explain(report, expected, thresholds);
  KNOWN.set(report, { of: [expected, thresholds], evidence });
  return evidence;
}

function explain(
  report: BlockReport,
  expected: LinkExpectation,
  thresholds: IndicatorThresholds,
): BlockEvidence | null {
  const gains = perIntensity((k) => gainOf(report, expected, k));
  const [u, , w] = gains;
  const { link } = expected;
  const { load } = report;
  if (load.length === 0 || u.clicks < LEAST_COUNTS) return null;
  const { sigmas, vacuumRelative } = thresholds;
  const dispersion = 1 + 2 * link.afterpulseProbability;
  const usual = loadedLink(link, load, 0);
  const implied = vacuumShare(usual) * u.gain;
  const mean = implied * w.sent;
  const enough = Math.max(mean, w.clicks) >= LEAST_COUNTS;
  const relative = Math.sqrt(dispersion / u.clicks);
  const { high } = countTest(w.clicks, mean, sigmas, { relative, dispersion });
  const lit = enough && high && w.gain > implied * (1 + vacuumRelative);
  const { extra, model } = enough ? fitBackground(link, load, w.gain / u.gain) : { extra: 0, model: usual };
  const shares = vacuumShares(u, w, sigmas, dispersion);
  const least = fitBackground(link, load, shares[0]);
  const most = fitBackground(link, load, shares[1]);
  return {
    report,
    expected,
    thresholds,
    gains,
    extra,
    lit,
    model,
    models: [model, least.model, most.model],
    extraSpan: [least.extra, most.extra],
    dispersion,
  };
}

/** Least and most of vacuum gain over signal gain that the two counts do not contradict. */
function vacuumShares(u: Gain, w: Gain, sigmas: number, dispersion: number): Span {
  const [signalLeast, signalMost] = meanSpan(u.clicks, sigmas, dispersion);
  const [vacuumLeast, vacuumMost] = meanSpan(w.clicks, sigmas, dispersion);
  const sent = Math.max(1, w.sent) / u.sent;
  return [vacuumLeast / sent / signalMost, vacuumMost / sent / signalLeast];
}

function gainOf({ counts: { sent, sifted } }: BlockReport, expected: LinkExpectation, k: number): Gain {
  const { z, x } = expected.bobProbability;
  const matched = (sent[k] ?? 0) * z + (sent[k + 3] ?? 0) * x;
  const clicks = (sifted[k] ?? 0) + (sifted[k + 3] ?? 0);
  return { sent: matched, clicks, gain: matched > 0 ? clicks / matched : 0 };
}
