import { type GateTiming, gateSensitivity } from "../../../physics/index.ts";
import type { OpticsConditions } from "../conditions.ts";

/**
 * How the pulses meet the gates now. There is one time of arrival: what fibre, clocks and an Eve who shifts pulses make of
 * it, less the delay that the receiver has set its gates to; and one distance between the gates: that of the
 * electronics, and what the receiver adds to it.
 */
export function gateTiming(conditions: OpticsConditions): GateTiming {
  const { arrivalPs, arrivalDriftPs, timeShiftPs } = conditions;
  const { detectorSkewPs, gateSetting, dispersionPs, timingJitter } = conditions;
  return {
    arrivalPs: arrivalPs + arrivalDriftPs + timeShiftPs - gateSetting.delayPs,
    skewPs: detectorSkewPs + gateSetting.skewPs,
    broadeningPs: Math.hypot(dispersionPs, timingJitter.ps),
  };
}

/** Sensitivity of detector 0 and 1 to the arriving pulses relative to a centred, undispersed pulse. */
export function gateOverlap(conditions: OpticsConditions): readonly [number, number] {
  return gateSensitivity(gateTiming(conditions));
}
