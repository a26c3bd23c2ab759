import type { CauseName } from "../causes/causes.ts";

/** Causes that what was measured can hardly tell apart, and what separates them. */
export interface LookAlikes {
  readonly causes: readonly CauseName[];
  readonly why: string;
  readonly separates: string;
}

/** The numbers of steps are those of `commission`. */
export const LOOK_ALIKES: readonly LookAlikes[] = [
  {
    causes: ["interceptResend", "visibilityLoss", "phaseTracking"],
    why: "an eavesdropper who measures both bases alike makes the errors of a worn interferometer; the key is shortened alike for both",
    separates:
      "scan the phase (step 9 of commission): a worn interferometer has less contrast at every phase, an eavesdropper leaves errors that no phase removes",
  },
  {
    causes: ["pns", "healthy", "patternEffect"],
    why: "splitting of few pulses moves the decoy gain no more than drift does",
    separates:
      "measure v/u at the transmitter (step 11) and watch longer; the decoy bounds shorten the key meanwhile",
  },
  {
    causes: ["gateDelay", "quantumPathLoss", "dispersion", "timingJitter"],
    why: "pulses beside the gates, wider than the gates, or lost before them are all fewer clicks",
    separates:
      "scan the delay (step 8): its centre tells a shift, its width dispersion or jitter; unchanged, it is loss: inspect, then OTDR. A time shift by somebody else moves the quantum channel's arrival and not the service channel's",
  },
  {
    causes: ["lightUnmetered", "noisyDetector", "afterpulse", "visibilityLoss", "healthy"],
    why: "stray light, two noisy detectors and afterpulses all raise the background",
    separates:
      "laser off (step 6): dark counts of each detector; gaps between clicks (step 13); classical channels off one by one (step 17)",
  },
  {
    causes: ["sharedFibreLoss", "sway", "attenuatorOff", "weakLaser"],
    why: "a power meter that lies makes one loss look like another",
    separates: "measure the service channel both ways (step 16) and sweep the attenuator (step 10)",
  },
  {
    causes: ["phaseTracking", "syncSlip", "phaseOffset"],
    why: "a phase that wanders far and gates that slip at times both make the error rate unrestful",
    separates:
      "compare frame digests of both ends (step 7): they differ when gates slip, and agree when the phase wanders",
  },
  {
    causes: ["saturation", "detectorBias", "healthy"],
    why: "a bias that sags a little moves gain and charge no more than drift does",
    separates: "read the bias at full light and with the laser off (steps 5 and 15)",
  },
];

/** The group that both belong to, if any. */
export function alike(one: CauseName, other: CauseName): LookAlikes | undefined {
  return LOOK_ALIKES.find(({ causes }) => causes.includes(one) && causes.includes(other));
}
