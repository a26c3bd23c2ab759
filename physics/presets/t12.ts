import { C_BAND_NM, type LinkPreset } from "./link-preset.ts";

/** The T12 experiment. */
export const T12: LinkPreset = {
  title: "T12 protocol, 50 km",
  kind: "laboratory",
  source:
    "Lucamarini et al. 2013 (efficient decoy-state BB84 with quantified security). Receiver loss 2.839 dB and misalignment 1.31 % / 0.65 % " +
    "reproduce the published counts; dead time 0 and the afterpulse decay of 10 gates are assumed (the decay acts only with dead time). " +
    "The published dark counts of 2.1e-5 per gate are taken per detector",
  link: {
    clockHz: 1e9,
    intensities: [0.425, 0.044, 0.001],
    intensityProbabilities: [1 - 2 ** -7 - 2 ** -8, 2 ** -7, 2 ** -8],
    aliceZProbability: 15 / 16,
    bobZProbability: 15 / 16,
    channelLossDb: 10,
    receiverLossDb: 2.839,
    detectorEfficiency: [0.205, 0.205],
    darkCountsPerGate: [2.1e-5, 2.1e-5],
    afterpulseProbability: 0.0525,
    afterpulseDecay: [{ weight: 1, gates: 10 }],
    deadGates: 0,
    misalignment: { z: 0.0131, x: 0.0065 },
    noisePerGate: 0,
  },
  bound: "t12",
  reconciliationEfficiency: 1.1,
  epsilon: 1e-10,
  sessionS: 1200,
  availability: 1,
  fibreDbPerKm: 0.2,
  quantumWavelengthNm: C_BAND_NM,
  describedKm: [50],
};
