import { checkArgument, rule } from "../options/index.ts";
import { binaryEntropy, phaseErrorSecrecy } from "./binary-entropy.ts";
import { transmittanceOfLoss } from "./decibel.ts";
import type { LinkParameters } from "./link-parameters.ts";
import { matchProbabilities, predictLink } from "./link-prediction.ts";
import { photonNumberYield } from "./photon-number-yields.ts";
import { requireInRange } from "./range.ts";

/** Most secret bits per pulse that any protocol without repeaters can send over this loss: -log2(1 - eta) (PLOB 2017). */
export function plobBitsPerPulse(channelLossDb: number): number {
  requireInRange("channelLossDb", channelLossDb, { min: 0 });
  return -Math.log1p(-transmittanceOfLoss(channelLossDb)) / Math.LN2;
}

/** Bits per pulse of ideal decoy BB84 (perfect detectors, no errors, best intensity 1, one basis always): eta / e. */
export function idealDecoyBitsPerPulse(channelLossDb: number): number {
  requireInRange("channelLossDb", channelLossDb, { min: 0 });
  return transmittanceOfLoss(channelLossDb) / Math.E;
}

/** Clicks per second that the dead time allows at most. */
export function saturatedClicksPerS(link: Pick<LinkParameters, "clockHz" | "deadGates">): number {
  checkArgument("link", link, rule.anyObject);
  requireInRange("clockHz", link.clockHz, { min: 0 });
  requireInRange("deadGates", link.deadGates, { min: 0 });
  return link.clockHz / (1 + link.deadGates);
}

/**
 * Secret bits per second of the same hardware and settings with infinitely many decoys, infinitely long blocks and perfect
 * reconciliation: the yardstick of a driver, because nothing in it depends on software. Key basis, all intensities.
 */
export function infiniteDecoyRateBps(link: LinkParameters): number {
  const prediction = predictLink(link);
  const vacuum = photonNumberYield(link, 0, "z", prediction);
  const key = photonNumberYield(link, 1, "z", prediction);
  const test = photonNumberYield(link, 1, "x", prediction);
  const secrecy = test.yield > 0 ? phaseErrorSecrecy(test.errorYield / test.yield) : 0;
  let secret = 0;
  for (const k of [0, 1, 2] as const) {
    const mean = link.intensities[k];
    secret += link.intensityProbabilities[k] * Math.exp(-mean) * (vacuum.yield + mean * key.yield * secrecy);
  }
  const sifted = prediction.siftedPerGate.z;
  const perGate = matchProbabilities(link).z * secret - sifted * binaryEntropy(prediction.qber.z);
  return Math.max(0, link.clockHz * perGate);
}
