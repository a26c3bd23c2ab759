import { ConfigError } from "../../../errors/index.ts";
import { transmittanceOfLoss } from "../../../physics/index.ts";
import type { OpticsConditions } from "../conditions.ts";

/** Photon-number splitting by an Eve with photon-number-resolving eyes and a loss-free line to Bob. */
export interface PhotonSplitting {
  /** Fraction of the pulses that she attacks. */
  readonly fraction: number;
  /** Fraction of the attacked multi-photon pulses that she lets through, one photon short. */
  readonly forwarded: number;
  /** From Alice's output to Bob's detectors, their efficiency left out, on her line. */
  readonly transmittance: number;
}

/**
 * Eve's line and how much she forwards (physics paper 1.10): single photons are blocked, of two or more she keeps one,
 * and she lets through just as many pulses as keep the gain of the signal where it was. Where even all of them do not
 * suffice (low loss), the gain drops.
 * @throws ConfigError QKD_CONFIG_INVALID beside effects that this attack is not modelled with.
 */
export function photonSplitting(conditions: OpticsConditions): PhotonSplitting | undefined {
  const { splitFraction, link } = conditions;
  if (splitFraction === 0) return undefined;
  const refused = [
    ["intensity jitter", conditions.intensityJitter > 0],
    ["the pattern effect", conditions.patternEffect.some((change) => change !== 0)],
    ["intercept-resend", conditions.interceptResend.fraction > 0],
    ["blinding", conditions.blinding !== undefined],
  ] as const;
  for (const [effect, present] of refused)
    if (present)
      throw new ConfigError("QKD_CONFIG_INVALID", `photon splitting cannot be combined with ${effect}`, {
        context: { effect },
      });
  const transmittance = transmittanceOfLoss(link.receiverLossDb);
  const efficiency = (link.detectorEfficiency[0] + link.detectorEfficiency[1]) / 2;
  const honest = conditions.fibreCut ? 0 : transmittanceOfLoss(link.channelLossDb);
  const mean = link.intensities[0] * conditions.laserPower;
  const wanted = -Math.expm1(-mean * honest * transmittance * efficiency);
  const available = splitGain(mean, transmittance * efficiency);
  return { fraction: splitFraction, forwarded: available > wanted ? wanted / available : 1, transmittance };
}

/** Probability that a pulse of mean `mean` has two photons or more and one of those Eve does not keep is detected. */
export function splitGain(mean: number, efficiency: number): number {
  let gain = 0;
  let probability = Math.exp(-mean);
  for (let n = 1; n < 60; n++) {
    probability *= mean / n;
    if (n >= 2) gain += probability * (1 - (1 - efficiency) ** (n - 1));
  }
  return gain;
}
