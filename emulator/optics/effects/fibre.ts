import { transmittanceOfLoss } from "../../../physics/index.ts";
import type { OpticsConditions } from "../conditions.ts";

/** Fraction of the photons leaving Alice that reaches the interferometer's outputs: fibre and Bob's optics, or a cut. */
export function transmittance(conditions: OpticsConditions): number {
  if (conditions.fibreCut) return 0;
  return transmittanceOfLoss(conditions.link.channelLossDb + conditions.link.receiverLossDb);
}
