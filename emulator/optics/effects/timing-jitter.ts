import type { OpticsConditions } from "../conditions.ts";

/**
 * Mean number of clicks that late avalanches of earlier pulses bring to a gate of each detector, given the mean number of
 * photoelectrons a gate. The gate before had settings of its own, independent of this gate's, so that late clicks are
 * background whatever is sent now. InGaAs/InP diodes have such exponential tails (Zhang, Itzler, Zbinden, Pan 2015, Light:
 * Science & Applications 4, e286); that a late click leaves its own gate is neglected, `tail` being small.
 */
export function lateClicks({ timingJitter }: OpticsConditions, photoelectrons: number): number {
  return timingJitter.tail * photoelectrons;
}
