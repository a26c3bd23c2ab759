import type { OpticsConditions } from "../conditions.ts";

/**
 * Share of the light that interferes when fibre and tracking have turned the polarisation by an angle. The interferometers
 * send long and short path through a polarising splitter: light of the wrong polarisation takes paths whose pulses fall
 * outside the gates. This phase-encoding scheme feels it as loss alone, by Malus' law, and not as errors.
 */
export function polarisedShare({ polarisationRad }: OpticsConditions): number {
  return Math.cos(polarisationRad) ** 2;
}
