import type { BlockReport } from "../../sources/distillation/block-report.ts";
import type { Indicator, IndicatorThresholds } from "./indicator.ts";
import type { LinkExpectation } from "./link-expectation.ts";

/**
 * Current that blinding light drives through the detectors: above what the detections explain at the charge per click
 * that clean blocks showed (`chargePerClick`, nA times gates per click, null before one was seen), over the whole block
 * or in a single frame of it.
 */
export function photocurrentIndicator(
  report: BlockReport,
  expected: LinkExpectation,
  chargePerClick: number | null,
  thresholds: IndicatorThresholds,
): Indicator | null {
  const gates = Math.max(1, Number(report.gates));
  const mean = report.detections / gates;
  const brightest = report.load.reduce((most, share) => Math.max(most, share.detections / share.gates), mean);
  const { photocurrentFactor, leakageNa, chargeLimitFc } = thresholds;
  // fC per click times clicks per gate times gates per second is fA; 1e6 fA are a nanoampere.
  const limit = (chargeLimitFc * expected.link.clockHz) / 1e6;
  const charge = Math.min(limit, chargePerClick === null ? limit : photocurrentFactor * chargePerClick);
  const tooMuch = (seenNa: number, clicksPerGate: number, where: string): Indicator | null => {
    const allowedNa = leakageNa + charge * clicksPerGate;
    if (seenNa <= allowedNa) return null;
    const evidence = `detector photocurrent ${seenNa.toFixed(1)} nA ${where}, the detections explain ${allowedNa.toFixed(1)} nA at most`;
    return { name: "photocurrent", attack: "blinding", evidence };
  };
  return (
    tooMuch(report.photocurrentNa, mean, "on average") ??
    tooMuch(report.photocurrentPeakNa, Math.max(brightest, expected.clicksPerGate), "in one frame")
  );
}
