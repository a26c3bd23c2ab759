import { C_BAND_NM, type LinkPreset } from "./link-preset.ts";
import { T12 } from "./t12.ts";

/** Cold detectors and long dark fibre. */
export const LD_CBAND: LinkPreset = {
  title: "long-distance system, C-band quantum channel",
  kind: "assumed",
  source:
    "Modelled on gigahertz systems with electrically cooled avalanche photodiodes for 100 to 140 km of dark fibre. ASSUMED: T12 optics and source, detectors " +
    "run colder and at lower bias: efficiency 15 %, dark counts 2e-6 per gate, afterpulse 2 %. Not fitted to any published rate",
  link: {
    ...T12.link,
    intensities: [0.4, 0.1, 0.001],
    intensityProbabilities: [14 / 16, 1 / 16, 1 / 16],
    channelLossDb: 20,
    detectorEfficiency: [0.15, 0.15],
    darkCountsPerGate: [2e-6, 2e-6],
    afterpulseProbability: 0.02,
    misalignment: { z: 0.01, x: 0.01 },
  },
  bound: "t12",
  reconciliationEfficiency: 1.1,
  epsilon: 1e-10,
  sessionS: 1200,
  availability: 1,
  fibreDbPerKm: 0.2,
  quantumWavelengthNm: C_BAND_NM,
  describedKm: [100, 140],
};
