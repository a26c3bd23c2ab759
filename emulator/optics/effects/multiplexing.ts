import {
  DEFAULT_NOISE_RECEIVER,
  type MultiplexingNoise,
  multiplexingNoise,
  transmittanceOfLoss,
} from "../../../physics/index.ts";
import type { MultiplexPlan, OpticsConditions } from "../conditions.ts";
import { detectorState } from "./detector.ts";

/**
 * Clicks per gate that the classical channels on the fibre cause in live detectors, by origin: Raman scattering both
 * ways, four-wave mixing, leak-through (physics paper, section 3). Undefined where no channel is lit or the fibre is cut.
 * @throws ConfigError QKD_PHYSICS_RANGE for impossible channels.
 */
export function classicalNoise(
  conditions: OpticsConditions,
  plan: MultiplexPlan | undefined = conditions.multiplex,
): MultiplexingNoise | undefined {
  if (plan === undefined || plan.channels.length === 0 || conditions.fibreCut) return undefined;
  const { efficiency } = detectorState(conditions);
  return multiplexingNoise(plan.channels, {
    ...DEFAULT_NOISE_RECEIVER,
    ...plan.receiver,
    quantumWavelengthNm: plan.quantumWavelengthNm,
    fibreKm: plan.fibreKm,
    receiverTransmittance: transmittanceOfLoss(conditions.link.receiverLossDb),
    detectorEfficiency: (efficiency[0] + efficiency[1]) / 2,
  });
}
