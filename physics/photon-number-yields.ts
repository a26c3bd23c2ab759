import { checkArgument, rule } from "../options/index.ts";
import { transmittanceOfLoss } from "./decibel.ts";
import type { LinkParameters } from "./link-parameters.ts";
import { type LinkPrediction, predictLink } from "./link-prediction.ts";
import { checkPredicted } from "./prediction-rules.ts";
import { requireInRange } from "./range.ts";

/** Response to a pulse of exactly n photons in one basis, dead time included. */
export interface PhotonNumberYield {
  /** Probability of a click, Y_n. */
  readonly yield: number;
  /** Probability of a click with the wrong bit, e_n Y_n. */
  readonly errorYield: number;
}

const BASIS = rule.choice("z", "x");

/**
 * Yield of pulses with exactly `photons` photons (physics paper 1.3): each photon independently reaches and fires the right
 * or the wrong detector or is lost. Averaged over Alice's bit; double clicks count as half an error.
 * @throws ConfigError QKD_PHYSICS_RANGE when `photons` is not an integer of 0 or more.
 */
export function photonNumberYield(
  link: LinkParameters,
  photons: number,
  basis: "z" | "x",
  prediction: LinkPrediction = predictLink(link),
): PhotonNumberYield {
  checkPredicted(link, prediction);
  checkArgument("basis", basis, BASIS);
  requireInRange("photons", photons, { min: 0, integer: true });
  const transmittance = transmittanceOfLoss(link.channelLossDb + link.receiverLossDb);
  const wrongFraction = link.misalignment[basis];
  let click = 0;
  let error = 0;
  for (const bit of [0, 1] as const) {
    const opposite = bit === 0 ? 1 : 0;
    const correct = transmittance * link.detectorEfficiency[bit] * (1 - wrongFraction);
    const wrong = transmittance * link.detectorEfficiency[opposite] * wrongFraction;
    const correctQuiet = 1 - prediction.background[bit];
    const wrongQuiet = 1 - prediction.background[opposite];
    const noneFires = correctQuiet * wrongQuiet * (1 - correct - wrong) ** photons;
    const correctSilent = correctQuiet * (1 - correct) ** photons;
    const wrongSilent = wrongQuiet * (1 - wrong) ** photons;
    click += (1 - noneFires) / 2;
    // Only the wrong one fires: correctSilent - noneFires. Both fire: 1 - correctSilent - wrongSilent + noneFires.
    error += (correctSilent - noneFires + (1 - correctSilent - wrongSilent + noneFires) / 2) / 2;
  }
  return { yield: prediction.liveFraction * click, errorYield: prediction.liveFraction * error };
}
