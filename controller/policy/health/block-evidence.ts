import { type PerIntensity, perIntensity } from "../../../physics/index.ts";
import type { BlockReport } from "../../sources/distillation/block-report.ts";
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
  /** Variance of counts over their mean. */
  readonly dispersion: number;
}

/** Steps of the search for the extra background; the vacuum gain is nearly linear in it. */
const MAX_STEPS = 8;
const PRECISION = 1e-4;

/** Explains signal and vacuum gain of a block by transmittance and background; null for a block without light. */
export function blockEvidence(
  report: BlockReport,
  expected: LinkExpectation,
  thresholds: IndicatorThresholds,
): BlockEvidence | null {
  const gains = perIntensity((k) => gainOf(report, expected, k));
  const [u, , w] = gains;
  if (report.load.length === 0 || u.clicks < LEAST_COUNTS) return null;
  const dispersion = 1 + 2 * expected.link.afterpulseProbability;
  const usual = loadedLink(expected.link, report.load, 0);
  const implied = vacuumGain(usual, u);
  const mean = implied * w.sent;
  if (Math.max(mean, w.clicks) < LEAST_COUNTS)
    return { report, expected, thresholds, gains, extra: 0, lit: false, model: usual, dispersion };
  const relative = Math.sqrt(1 / u.clicks);
  const { high } = countTest(w.clicks, mean, thresholds.sigmas, { relative, dispersion });
  const lit = high && w.gain > implied * (1 + thresholds.vacuumRelative);
  const { extra, model } = fitBackground(expected, report, gains, implied);
  return { report, expected, thresholds, gains, extra, lit, model, dispersion };
}

/** Vacuum gain that a model implies, scaled to the signal gain that was seen. */
function vacuumGain(model: LoadedLink, signal: Gain): number {
  return (model.gains[2] * signal.gain) / model.gains[0];
}

function fitBackground(
  expected: LinkExpectation,
  { load }: BlockReport,
  [u, , w]: PerIntensity<Gain>,
  implied: number,
): { extra: number; model: LoadedLink } {
  const { link } = expected;
  const least = -(link.darkCountsPerGate[0] + link.darkCountsPerGate[1] + link.noisePerGate);
  let before = { extra: 0, error: implied - w.gain };
  let extra = Math.min(0.5, Math.max(least, -before.error));
  let model = loadedLink(link, load, extra);
  for (let step = 0; step < MAX_STEPS; step++) {
    const error = vacuumGain(model, u) - w.gain;
    const slope = (error - before.error) / (extra - before.extra);
    if (Math.abs(error) <= PRECISION * w.gain || !(slope > 0)) break;
    const next = Math.min(0.5, Math.max(least, extra - error / slope));
    if (next === extra) break;
    before = { extra, error };
    extra = next;
    model = loadedLink(link, load, extra);
  }
  return { extra, model };
}

function gainOf({ counts: { sent, sifted } }: BlockReport, expected: LinkExpectation, k: number): Gain {
  const { z, x } = expected.bobProbability;
  const matched = (sent[k] ?? 0) * z + (sent[k + 3] ?? 0) * x;
  const clicks = (sifted[k] ?? 0) + (sifted[k + 3] ?? 0);
  return { sent: matched, clicks, gain: matched > 0 ? clicks / matched : 0 };
}
