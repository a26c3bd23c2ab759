import { C_BAND_NM, type LinkPreset } from "./link-preset.ts";

/** The 10 Mb/s system. */
export const YUAN2018: LinkPreset = {
  title: "10 Mb/s system, 2 dB",
  kind: "laboratory",
  source:
    "Yuan et al. 2018 (10-Mb/s quantum key distribution, arXiv:1807.04484). The paper's abstract gives no detector parameters: this set is FITTED " +
    "to its one point, 13.72 Mb/s at 2 dB. Only the product of detector efficiency and receiver loss, 0.1964, is meant; dead time 0 assumed",
  link: {
    clockHz: 1e9,
    intensities: [0.4, 0.1, 0.001],
    intensityProbabilities: [14 / 16, 1 / 16, 1 / 16],
    aliceZProbability: 15 / 16,
    bobZProbability: 15 / 16,
    channelLossDb: 2,
    receiverLossDb: 0,
    detectorEfficiency: [0.1964, 0.1964],
    darkCountsPerGate: [1e-5, 1e-5],
    afterpulseProbability: 0.03,
    afterpulseDecay: [{ weight: 1, gates: 10 }],
    deadGates: 0,
    misalignment: { z: 0.01, x: 0.01 },
    noisePerGate: 0,
  },
  bound: "t12",
  reconciliationEfficiency: 1.1,
  epsilon: 1e-10,
  blockBits: 1e8,
  availability: 1,
  fibreDbPerKm: 0.2,
  quantumWavelengthNm: C_BAND_NM,
  describedKm: [10],
};
