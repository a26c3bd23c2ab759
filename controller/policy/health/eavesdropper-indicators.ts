import { checkArgument, rule } from "../../../options/index.ts";
import type { BlockReport } from "../../sources/distillation/block-report.ts";
import { type BlockEvidence, blockEvidence } from "./block-evidence.ts";
import { detectorBalanceIndicator } from "./detector-balance.ts";
import { doubleClickIndicator } from "./double-clicks.ts";
import { errorIndicators } from "./error-rates.ts";
import { EXPECTATION_RULE, REPORT_RULE, THRESHOLDS_RULE } from "./health-input-rules.ts";
import { DEFAULT_THRESHOLDS, type Indicator, type IndicatorThresholds } from "./indicator.ts";
import type { LinkExpectation } from "./link-expectation.ts";
import { photocurrentIndicator } from "./photocurrent.ts";
import { gainTooHigh, photonStatisticsIndicators } from "./photon-statistics.ts";

const CHARGE = rule.either(rule.anyNumber, rule.nothing);

function checkBlock(report: BlockReport, expected: LinkExpectation, thresholds: IndicatorThresholds): void {
  checkArgument("report", report, REPORT_RULE);
  checkArgument("expected", expected, EXPECTATION_RULE);
  checkArgument("thresholds", thresholds, THRESHOLDS_RULE);
}

/**
 * Compares a block with the closed form (physics paper 1.10; docs/ATTACKS.md). The transmittance is taken from the
 * detections of each frame and the background from the vacuum pulses, so fibre loss, cuts, flicker and classical
 * channels raise nothing: what remains is what only somebody on the line does. `chargePerClick` is the photocurrent in nA
 * per click and gate that clean blocks showed, null before one was seen.
 */
export function eavesdropperIndicators(
  report: BlockReport,
  expected: LinkExpectation,
  chargePerClick: number | null,
  thresholds: IndicatorThresholds = DEFAULT_THRESHOLDS,
): Indicator[] {
  checkBlock(report, expected, thresholds);
  checkArgument("chargePerClick", chargePerClick, CHARGE);
  const evidence = blockEvidence(report, expected, thresholds);
  const current = photocurrentIndicator(report, expected, chargePerClick, thresholds);
  const found = [
    ...(evidence === null ? [] : [...opticalIndicators(evidence), ...countIndicators(evidence)]),
    current,
  ];
  const indicators = found.filter((indicator) => indicator !== null);
  // Forced clicks may outnumber honest ones: that is no sign of a better line.
  const blinded = indicators.some(({ attack }) => attack === "blinding");
  return indicators.map((indicator) =>
    blinded && indicator.name === "gainTooHigh" ? { ...indicator, attack: "blinding" } : indicator,
  );
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
  checkBlock(report, expected, thresholds);
  const evidence = blockEvidence(report, expected, thresholds);
  if (evidence === null || !evidence.lit) return null;
  return opticalIndicators(evidence).length === 0 ? evidence.extra : null;
}

/** What error rates and gains show. */
function opticalIndicators(evidence: BlockEvidence): Indicator[] {
  return [...errorIndicators(evidence), ...photonStatisticsIndicators(evidence)];
}

function countIndicators(evidence: BlockEvidence): (Indicator | null)[] {
  return [gainTooHigh(evidence), doubleClickIndicator(evidence), detectorBalanceIndicator(evidence)];
}
