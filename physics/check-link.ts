import { checkArgument, checkOptions, rule } from "../options/index.ts";
import type { LinkParameters } from "./link-parameters.ts";
import { LINK_RULES, PER_INTENSITY } from "./link-rules.ts";
import { rangeError, requireInRange } from "./range.ts";

const NUMBERS = rule.list(rule.anyNumber);

/**
 * Refuses link parameters that no hardware can have.
 * @throws ConfigError QKD_PHYSICS_RANGE naming the field, its value and what is allowed; QKD_CONFIG_INVALID for unknown
 * fields and values of another kind.
 */
export function checkLinkParameters(link: LinkParameters): void {
  checkOptions("a link", link, LINK_RULES);
  requireInRange("clockHz", link.clockHz, { min: 1, max: 1e12 });
  checkIntensities(link.intensities);
  checkDistribution("intensityProbabilities", link.intensityProbabilities);
  requireInRange("aliceZProbability", link.aliceZProbability, {
    min: 0,
    max: 1,
    openMin: true,
    openMax: true,
  });
  requireInRange("bobZProbability", link.bobZProbability, { min: 0, max: 1, openMin: true, openMax: true });
  requireInRange("channelLossDb", link.channelLossDb, { min: 0, max: 200 });
  requireInRange("receiverLossDb", link.receiverLossDb, { min: 0, max: 100 });
  for (const detector of [0, 1] as const) {
    requireInRange(`detectorEfficiency[${detector}]`, link.detectorEfficiency[detector], { min: 0, max: 1 });
    requireInRange(`darkCountsPerGate[${detector}]`, link.darkCountsPerGate[detector], {
      min: 0,
      max: 1,
      openMax: true,
    });
  }
  requireInRange("afterpulseProbability", link.afterpulseProbability, { min: 0, max: 1, openMax: true });
  checkAfterpulseDecay(link.afterpulseDecay);
  requireInRange("deadGates", link.deadGates, { min: 0, max: 1e9, integer: true });
  requireInRange("misalignment.z", link.misalignment.z, { min: 0, max: 0.5 });
  requireInRange("misalignment.x", link.misalignment.x, { min: 0, max: 0.5 });
  requireInRange("noisePerGate", link.noisePerGate, { min: 0, max: 1, openMax: true });
}

/** Refuses mean photon numbers that are not u > v > w >= 0 with u at most 10. */
export function checkIntensities(intensities: LinkParameters["intensities"]): void {
  checkArgument("intensities", intensities, PER_INTENSITY);
  const [u, v, w] = intensities;
  requireInRange("intensities[0]", u, { min: 0, max: 10, openMin: true });
  requireInRange("intensities[1]", v, { min: 0, max: 10, openMin: true });
  requireInRange("intensities[2]", w, { min: 0, max: 10 });
  if (!(u > v)) throw rangeError("intensities[1]", v, `below the signal intensity ${u}`);
  if (!(v > w)) throw rangeError("intensities[2]", w, `below the decoy intensity ${v}`);
}

/** Refuses probabilities outside [0, 1] or that do not sum to one within 1e-9. */
export function checkDistribution(field: string, probabilities: readonly number[]): void {
  checkArgument(field, probabilities, NUMBERS);
  for (const [index, probability] of probabilities.entries()) {
    requireInRange(`${field}[${index}]`, probability, { min: 0, max: 1 });
  }
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  if (Math.abs(sum - 1) > 1e-9) throw rangeError(field, sum, "a sum of 1");
}

function checkAfterpulseDecay(decay: LinkParameters["afterpulseDecay"]): void {
  if (decay.length === 0) throw rangeError("afterpulseDecay", "empty", "at least one exponential");
  for (const [index, part] of decay.entries()) {
    requireInRange(`afterpulseDecay[${index}].gates`, part.gates, { min: 0, max: 1e9, openMin: true });
  }
  checkDistribution(
    "afterpulseDecay.weight",
    decay.map((part) => part.weight),
  );
}
