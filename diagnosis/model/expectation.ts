import {
  gateResponse,
  type LinkParameters,
  type LinkPrediction,
  predictLink,
  transmittanceOfLoss,
} from "../../physics/index.ts";
import { OBSERVABLE_NAMES, type ObservableName, type ObservableValues } from "../observables/observables.ts";
import { type Condition, NOMINAL_EXCESS_V } from "./condition.ts";

/**
 * The observables of a condition by the closed form of the link.
 * @throws ConfigError QKD_PHYSICS_RANGE, QKD_PHYSICS_OVERFLOW where the closed form has no such link.
 */
export function expectationOf(condition: Condition): ObservableValues {
  const { link, readings } = condition;
  const prediction = predictLink(link);
  const [u, v, w] = prediction.gains;
  const mixed = mixture(condition, prediction);
  const light = 1 - (prediction.background[0] + prediction.background[1]) * (prediction.liveFraction / u);
  const contrast = 1 - link.misalignment.z - link.misalignment.x;
  const counts: Partial<Record<ObservableName, number>> = {
    signalGain: Math.log(u),
    decoyRatio: Math.log(v / u),
    vacuumGain: Math.log(w),
    qberZ: mixed.z,
    qberX: mixed.x,
    doubleClicks: Math.sqrt(1e6 * mixed.doubles),
    zeroShare: zeroShare(link, prediction, link.intensities[0]),
    vacuumZeroShare: zeroShare(link, prediction, link.intensities[2]),
    mismatchedCorrelation: condition.phaseSine * contrast * Math.max(0, light),
    chargePerClick: Math.log(Math.max(0.01, condition.excessBiasV / NOMINAL_EXCESS_V)),
    clickScatter: condition.clickScatter,
    errorScatter: condition.errorScatter,
    deadGatesPerClick: Math.log1p(link.deadGates),
  };
  const honest = Object.fromEntries(
    OBSERVABLE_NAMES.map((name) => [name, counts[name] ?? readings[name] ?? 0]),
  ) as ObservableValues;
  return condition.beside?.(honest, link) ?? honest;
}

/** Error rates and double clicks, mean over the spells. */
function mixture({ link, spells }: Condition, prediction: LinkPrediction) {
  if (spells.length === 0)
    return { z: prediction.qber.z, x: prediction.qber.x, doubles: prediction.doubleClicksPerGate };
  const mean = { z: 0, x: 0, doubles: 0 };
  for (const { weight, misalignment } of spells) {
    const { qber, doubleClicksPerGate } = predictLink({ ...link, misalignment });
    mean.z += weight * qber.z;
    mean.x += weight * qber.x;
    mean.doubles += weight * doubleClicksPerGate;
  }
  return mean;
}

/** Share of detector 0 in the clicks of pulses of this intensity, Bob's bit of a double click being random. */
function zeroShare(link: LinkParameters, { background }: LinkPrediction, intensity: number): number {
  const transmittance = transmittanceOfLoss(link.channelLossDb + link.receiverLossDb);
  const receiver = { transmittance, efficiency: link.detectorEfficiency, background };
  const [zero, one] = gateResponse(receiver, intensity, 0.5).avalanche;
  const any = zero + one - zero * one;
  return any > 0 ? (zero * (1 - one) + (zero * one) / 2) / any : 0.5;
}
