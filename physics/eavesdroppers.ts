import type { LinkParameters, PerBasis, PerIntensity } from "./link-parameters.ts";
import { type LinkPrediction, predictLink } from "./link-prediction.ts";
import { photonNumberYield } from "./photon-number-yields.ts";
import { checkPredicted } from "./prediction-rules.ts";
import { rangeError, requireInRange } from "./range.ts";
import { increasingRoot } from "./special/index.ts";

/** What an attack leaves to be seen (physics paper 1.10). */
export interface AttackSignature {
  readonly gains: PerIntensity;
  /** Signal error rate per basis. */
  readonly qber: PerBasis;
}

/** Photon numbers beyond this one are too rare to matter at intensities below one. */
const MOST_PHOTONS = 40;

/**
 * Intercept-resend on a fraction of the pulses: Eve measures in Z with probability `eveZProbability` and resends what she
 * saw. Gains stay; a wrong basis gives a random bit.
 */
export function interceptResendSignature(
  link: LinkParameters,
  fraction: number,
  eveZProbability: number,
): AttackSignature {
  requireInRange("fraction", fraction, { min: 0, max: 1 });
  requireInRange("eveZProbability", eveZProbability, { min: 0, max: 1 });
  const { gains, qberPerIntensity } = predictLink(link);
  const attacked = (qber: number, sameBasis: number) =>
    (1 - fraction) * qber + fraction * (sameBasis * qber + (1 - sameBasis) / 2);
  return {
    gains,
    qber: {
      z: attacked(qberPerIntensity.z[0], eveZProbability),
      x: attacked(qberPerIntensity.x[0], 1 - eveZProbability),
    },
  };
}

/** A photon-number-splitting attack that leaves the signal gain as it was. */
export interface PhotonNumberSplitting extends AttackSignature {
  /** Transmittance, detectors included, of Eve's channel for the photons she forwards. */
  readonly eveTransmittance: number;
}

/**
 * Photon-number splitting on a fraction of the pulses: Eve blocks single photons, keeps one photon of every brighter pulse
 * and forwards the rest over a better channel, tuned so that the signal gain does not move. Error rates of forwarded
 * photons are those of the honest link. An Eve with a loss-free line who holds the signal gain by letting only a share of
 * those pulses through, as the emulator plays her, lowers the decoy gain alike in kind and not in figure.
 *
 * @throws ConfigError QKD_PHYSICS_RANGE when even a loss-free channel cannot keep the signal gain.
 */
export function photonNumberSplittingSignature(
  link: LinkParameters,
  fraction: number,
): PhotonNumberSplitting {
  requireInRange("fraction", fraction, { min: 0, max: 1 });
  const honest = predictLink(link);
  const vacuum = photonNumberYield(link, 0, "z", honest).yield;
  const attackedGain = (intensity: number, transmittance: number) => {
    let gain = 0;
    let probability = Math.exp(-intensity);
    for (let photons = 0; photons <= MOST_PHOTONS; photons++) {
      const forwarded = Math.max(0, photons - 1);
      gain += probability * (1 - (1 - vacuum) * (1 - transmittance) ** forwarded);
      probability *= intensity / (photons + 1);
    }
    return gain;
  };
  const [u] = link.intensities;
  if (attackedGain(u, 1) < honest.gains[0]) {
    throw rangeError(
      "channelLossDb",
      link.channelLossDb,
      "a loss high enough for multi-photon pulses to replace all clicks",
    );
  }
  const eveTransmittance = increasingRoot((t) => attackedGain(u, t) - honest.gains[0], 0, 1);
  const mixed = (k: 0 | 1 | 2) =>
    (1 - fraction) * honest.gains[k] + fraction * attackedGain(link.intensities[k], eveTransmittance);
  return {
    gains: [mixed(0), mixed(1), mixed(2)],
    qber: { z: honest.qberPerIntensity.z[0], x: honest.qberPerIntensity.x[0] },
    eveTransmittance,
  };
}

/** What a blinded receiver shows. */
export interface BlindingSignature extends AttackSignature {
  /** Double clicks vanish: a faked state fires one detector or none. */
  readonly doubleClicksPerGate: 0;
  /** Clicks of a basis over those sent: Eve's forced clicks need her basis to be Bob's. */
  readonly conclusiveFraction: number;
}

/**
 * Detector blinding with faked states: a click follows exactly when Eve's basis is Bob's, whatever the intensity, so gains
 * of all intensities agree; where both chose Alice's basis the bit is right. Eve resends at the honest signal rate.
 */
export function blindingSignature(
  link: LinkParameters,
  eveZProbability: number,
  prediction: LinkPrediction = predictLink(link),
): BlindingSignature {
  checkPredicted(link, prediction);
  requireInRange("eveZProbability", eveZProbability, { min: 0, max: 1 });
  const conclusiveFraction =
    eveZProbability * link.bobZProbability + (1 - eveZProbability) * (1 - link.bobZProbability);
  const gain = prediction.gains[0] * conclusiveFraction;
  return { gains: [gain, gain, gain], qber: { z: 0, x: 0 }, doubleClicksPerGate: 0, conclusiveFraction };
}
