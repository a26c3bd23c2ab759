import type { LinkPreset } from "./link-preset.ts";
import { T12 } from "./t12.ts";

/** A 1310 nm quantum channel beside data in the C band. */
export const MU_OBAND: LinkPreset = {
  title: "multiplexed system, O-band quantum channel",
  kind: "trial",
  source:
    "Modelled on the trial of Toshiba and Orange (2023): a 1310 nm quantum channel beside up to 60 C-band data channels over 20, 50 and 70 km. The receiver loss " +
    "of 2.58 dB is FITTED to its one figure of 66 kb/s at 70 km. Its detectors are not published: efficiency 25 %, dark counts 1e-6 per gate, afterpulse 2 %, " +
    "misalignment 1.5 %, intensities 0.4/0.1/0.001 and fibre of 0.33 dB/km at 1310 nm are ASSUMED. Rates at other lengths are predictions",
  link: {
    ...T12.link,
    intensities: [0.4, 0.1, 0.001],
    intensityProbabilities: [14 / 16, 1 / 16, 1 / 16],
    channelLossDb: 23.1,
    receiverLossDb: 2.58,
    detectorEfficiency: [0.25, 0.25],
    darkCountsPerGate: [1e-6, 1e-6],
    afterpulseProbability: 0.02,
    misalignment: { z: 0.015, x: 0.015 },
  },
  bound: "t12",
  reconciliationEfficiency: 1.1,
  epsilon: 1e-10,
  sessionS: 1200,
  availability: 1,
  fibreDbPerKm: 0.33,
  quantumWavelengthNm: 1310,
  describedKm: [20, 50, 70],
};
