import { ConfigError } from "../errors/index.ts";
import type { LinkParameters } from "./link-parameters.ts";

/** Names of the bounds that turn counts into a secret key length. */
export type BoundName = "t12" | "lim" | "lim-chernoff" | "rusca" | "composable";

/** A published system as link parameters together with how its paper distilled keys. */
export interface LinkPreset {
  readonly title: string;
  /** Where the numbers come from and which of them are fitted or assumed. */
  readonly source: string;
  readonly link: LinkParameters;
  /** The bound the paper used. */
  readonly bound: BoundName;
  /** Reconciliation efficiency f = leak / (n h(Q)). */
  readonly reconciliationEfficiency: number;
  /** Total epsilon of secrecy and correctness. */
  readonly epsilon: number;
  /** Key-basis sifted bits of a block, where the paper fixes the block. */
  readonly blockBits?: number;
  /** Seconds of a session, where the paper fixes the time. */
  readonly sessionS?: number;
  /** Fibre loss that `--fibre-km` assumes, dB per km. */
  readonly fibreDbPerKm: number;
  readonly quantumWavelengthNm: number;
}

const T12: LinkPreset = {
  title: "T12 protocol, 50 km",
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
  fibreDbPerKm: 0.2,
  quantumWavelengthNm: 1550,
};

const YUAN2018: LinkPreset = {
  title: "10 Mb/s system, 2 dB",
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
  fibreDbPerKm: 0.2,
  quantumWavelengthNm: 1550,
};

const MU_OBAND: LinkPreset = {
  title: "multiplexed system, O-band quantum channel",
  source:
    "Modelled on fielded systems that put a 1310 nm quantum channel beside up to 60 C-band data channels over 20 to 70 km (press reports of 2023). " +
    "Their detector parameters are not published: everything here is ASSUMED, namely a receiver of the T12 class with 1 dB more loss for its filters, " +
    "dark counts 1e-5 per gate, afterpulse 3 %, intensities 0.4/0.1/0.001, and fibre of 0.33 dB/km at 1310 nm. Not fitted to any published rate",
  link: {
    ...T12.link,
    intensities: [0.4, 0.1, 0.001],
    intensityProbabilities: [14 / 16, 1 / 16, 1 / 16],
    receiverLossDb: 3.839,
    darkCountsPerGate: [1e-5, 1e-5],
    afterpulseProbability: 0.03,
    misalignment: { z: 0.015, x: 0.015 },
  },
  bound: "t12",
  reconciliationEfficiency: 1.1,
  epsilon: 1e-10,
  sessionS: 1200,
  fibreDbPerKm: 0.33,
  quantumWavelengthNm: 1310,
};

const LD_CBAND: LinkPreset = {
  title: "long-distance system, C-band quantum channel",
  source:
    "Modelled on gigahertz systems with electrically cooled avalanche photodiodes for 100 to 150 km of dark fibre. ASSUMED: T12 optics and source, detectors " +
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
  fibreDbPerKm: 0.2,
  quantumWavelengthNm: 1550,
};

/** Every preset by the name that commands and scenarios use. */
export const LINK_PRESETS = {
  t12: T12,
  yuan2018: YUAN2018,
  "mu-oband": MU_OBAND,
  "ld-cband": LD_CBAND,
} as const satisfies Record<string, LinkPreset>;

/** Name of a preset. */
export type PresetName = keyof typeof LINK_PRESETS;

/**
 * The preset of that name.
 * @throws ConfigError QKD_CONFIG_INVALID for an unknown name.
 */
export function linkPreset(name: string): LinkPreset {
  if (Object.hasOwn(LINK_PRESETS, name)) return LINK_PRESETS[name as PresetName];
  throw new ConfigError("QKD_CONFIG_INVALID", `there is no link preset named ${name}`, {
    context: { name },
    remedy: `use one of ${Object.keys(LINK_PRESETS).join(", ")}`,
  });
}
