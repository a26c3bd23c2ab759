import { logIncompleteGamma } from "../../../physics/index.ts";

/** Probability that a standard normal number lies below `z`: half of it is P(1/2, z²/2) on either side of zero. */
export function normalBelow(z: number): number {
  const upper = Math.exp(logIncompleteGamma(0.5, (z * z) / 2).upper) / 2;
  return z < 0 ? upper : 1 - upper;
}
