import type { OpticsConditions } from "../conditions.ts";

const PS_PER_S_AND_PPB = 1000;

/**
 * Arrival off the middle of the gates at a moment, ps: one part per billion moves the gates by a thousand picoseconds a
 * second; between two re-centrings the error runs evenly from one side of zero to the other, as it does for a loop that
 * aims at the mean.
 */
export function clockDelayPs({ clockDrift }: OpticsConditions, seconds: number): number {
  const { ppb, recentreS } = clockDrift;
  if (ppb === 0) return 0;
  const since = seconds - Math.floor(seconds / recentreS) * recentreS;
  return ppb * PS_PER_S_AND_PPB * (since - recentreS / 2);
}
