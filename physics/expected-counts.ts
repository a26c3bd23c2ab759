import { checkArgument, rule } from "../options/index.ts";
import { binaryEntropy } from "./binary-entropy.ts";
import { checkCountsForm, type LinkCounts } from "./link-counts.ts";
import type { LinkParameters } from "./link-parameters.ts";
import { type LinkPrediction, matchProbabilities, predictLink } from "./link-prediction.ts";
import { checkPredicted, checkPrediction } from "./prediction-rules.ts";
import { requireInRange } from "./range.ts";

/**
 * Mean counts of `gates` gates, per basis and intensity. `sent` counts by Alice's basis alone, whatever Bob chose, so the
 * gain is sifted / (sent x probability that Bob measures that basis).
 */
export function expectedCounts(
  link: LinkParameters,
  gates: number,
  prediction: LinkPrediction = predictLink(link),
): LinkCounts {
  checkPredicted(link, prediction);
  checkArgument("gates", gates, rule.anyNumber);
  const matched = matchProbabilities(link);
  const sent: number[] = [];
  const sifted: number[] = [];
  const errors: number[] = [];
  for (const basis of ["z", "x"] as const) {
    const prepared = basis === "z" ? link.aliceZProbability : 1 - link.aliceZProbability;
    for (const k of [0, 1, 2] as const) {
      const detections = gates * matched[basis] * link.intensityProbabilities[k] * prediction.gains[k];
      sent.push(gates * prepared * link.intensityProbabilities[k]);
      sifted.push(detections);
      errors.push(detections * prediction.qberPerIntensity[basis][k]);
    }
  }
  return { sent, sifted, errors };
}

/** Gates that give `bits` key-basis detections on average; infinite when none ever comes. */
export function gatesForBlock(prediction: LinkPrediction, bits: number): number {
  checkPrediction(prediction);
  requireInRange("bits", bits, { min: 0 });
  return bits / prediction.siftedPerGate.z;
}

/** Bits that reconciliation of efficiency f discloses for the key basis: f n h(Q). */
export function expectedLeakBits(counts: LinkCounts, efficiency: number): number {
  checkCountsForm(counts);
  requireInRange("efficiency", efficiency, { min: 0 });
  const bits = (counts.sifted[0] ?? 0) + (counts.sifted[1] ?? 0) + (counts.sifted[2] ?? 0);
  const wrong = (counts.errors[0] ?? 0) + (counts.errors[1] ?? 0) + (counts.errors[2] ?? 0);
  return bits > 0 ? efficiency * bits * binaryEntropy(wrong / bits) : 0;
}
