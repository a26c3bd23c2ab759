import { transmittanceOfLoss } from "../../../physics/index.ts";
import type { OpticsConditions } from "../conditions.ts";
import { polarisedShare } from "./polarisation.ts";

/** Fraction of the photons leaving Alice that reaches the interferometer's outputs: fibre and Bob's optics, or a cut. */
export function transmittance(conditions: OpticsConditions): number {
  if (conditions.fibreCut) return 0;
  const { channelLossDb, receiverLossDb } = conditions.link;
  return transmittanceOfLoss(channelLossDb + receiverLossDb) * polarisedShare(conditions);
}
