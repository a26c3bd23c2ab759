import { C_BAND_NM, type LinkPreset } from "./link-preset.ts";
import { YUAN2018 } from "./yuan2018.ts";

/** Commercial units at short distance. */
export const INSTALLED_METRO: LinkPreset = {
  title: "commercial units in operation, up to 10 dB",
  kind: "installed",
  source:
    "Toshiba Europe and Quantum Bridge (2026, Cambridge and Toronto): averages of commercial units, 741 kb/s with QBER 2.4 % and 352 kb/s with 3.0 % at 10 dB, 3.95 " +
    "and 2.89 Mb/s with 2.6 and 3.2 % at 0 dB. Receiver loss 3.164 dB, misalignment 2.148 % and 54 dead gates are FITTED to three figures: rate and QBER of the better " +
    "unit at 10 dB, and 3.41 Mb/s, the middle of the two at 0 dB; the dead time stands for whatever limits the rate. ASSUMED: source, block and afterpulses of the 10 Mb/s " +
    "system, efficiency 20 %, dark counts 1e-5 per gate. PREDICTED, not fitted: QBER at 0 dB (2.2 %, published are 2.6 to 3.2) and every other loss",
  link: {
    ...YUAN2018.link,
    channelLossDb: 10,
    receiverLossDb: 3.164,
    detectorEfficiency: [0.2, 0.2],
    misalignment: { z: 0.02148, x: 0.02148 },
    deadGates: 54,
  },
  bound: "t12",
  reconciliationEfficiency: 1.1,
  epsilon: 1e-10,
  blockBits: 1e8,
  availability: 1,
  fibreDbPerKm: 0.2,
  quantumWavelengthNm: C_BAND_NM,
  describedKm: [0, 50],
};
