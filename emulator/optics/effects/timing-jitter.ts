import type { OpticsConditions } from "../conditions.ts";

/**
 * Mean number of clicks that late avalanches of earlier pulses bring to a gate of each detector, given the mean number of
 * photoelectrons a gate. The gate before had settings of its own, independent of this gate's, so that late clicks are
 * background whatever is sent now. That a late click leaves its own gate is neglected, `tail` being small; how large it is
 * depends on the diode.
 */
export function lateClicks({ timingJitter }: OpticsConditions, photoelectrons: number): number {
  return timingJitter.tail * photoelectrons;
}
