import type { OpticsConditions } from "../conditions.ts";

/**
 * Mean number of clicks a gate that carriers bring which light freed between gates, or below the threshold of an
 * avalanche, and which wait for the next gate in the multiplication layer: proportional to the light, without any
 * avalanche before (charge persistence; Zhang et al. 2009, IEEE Journal of Quantum Electronics 45, 792, describe it for
 * gated InGaAs/InP diodes). `photoelectrons` is the mean number a gate.
 */
export function persistentClicks({ chargePersistence }: OpticsConditions, photoelectrons: number): number {
  return chargePersistence * photoelectrons;
}
