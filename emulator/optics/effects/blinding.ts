import type { OpticsConditions } from "../conditions.ts";

export type { Blinding } from "../conditions.ts";

/** Photocurrent per optical power of a linear-mode photodiode, ampere per watt. */
const RESPONSIVITY_A_PER_W = 0.9;

/**
 * Fraction of faked states that click in detector 0 and 1 (Lydersen et al. 2010; physics paper 1.10). The trigger pulse
 * crosses the comparator only where Bob chose Eve's basis, and then in the detector of her bit alone: no double clicks,
 * nothing else ever clicks. Eve is taken to know the bit of every pulse in the basis she measured, whatever its
 * intensity, which is the strongest form of the attack.
 */
export function fakedClicks(eveBasis: number, eveBit: number, bobBasis: number): readonly [number, number] {
  if (eveBasis !== bobBasis) return [0, 0];
  return eveBit === 0 ? [1, 0] : [0, 1];
}

/** Current that the blinding light drives through the detectors, ampere. */
export function blindingCurrentA(conditions: OpticsConditions): number {
  return (conditions.blinding?.lightMw ?? 0) * 1e-3 * RESPONSIVITY_A_PER_W;
}
