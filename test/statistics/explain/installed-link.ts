import type { Happening } from "../../../emulator/index.ts";
import {
  DEFAULT_NOISE_RECEIVER,
  gridFrequencyThz,
  LINK_PRESETS,
  type LinkParameters,
  multiplexingNoise,
  transmittanceOfLoss,
} from "../../../physics/index.ts";
import type { Seeded } from "./seeded.ts";

/** One link as it was installed: its parameters, and what holds beside them. */
export interface InstalledLink {
  readonly preset: string;
  readonly link: LinkParameters;
  readonly alignment: { readonly delayPs: number; readonly skewPs: number };
  /** Launch power of its classical channel, dBm. */
  readonly launchDbm: number;
  /** The setting that lights this channel with a power. */
  readonly lit: (launchDbm: number) => Happening;
}

const PRESETS = ["yuan2018", "t12", "ld-cband", "mu-oband"] as const;

/** A link with the spread of installed units around its preset, over 3 to 18 dB. */
export function installedLink(draw: Seeded, clockHz: number, mostLossDb = 18): InstalledLink {
  const preset = draw.one(PRESETS);
  const { link, fibreDbPerKm, quantumWavelengthNm } = LINK_PRESETS[preset];
  const efficiency = draw.between(0.93, 1.07);
  const wrong = draw.between(0.7, 1.3);
  const [e0, e1] = link.detectorEfficiency;
  const [d0, d1] = link.darkCountsPerGate;
  const channelLossDb = draw.between(3, Math.min(mostLossDb, preset === "ld-cband" ? 18 : 14));
  const installed: LinkParameters = {
    ...link,
    clockHz,
    channelLossDb,
    detectorEfficiency: [
      e0 * efficiency * draw.between(0.97, 1.03),
      e1 * efficiency * draw.between(0.97, 1.03),
    ],
    darkCountsPerGate: [d0 * draw.between(0.7, 1.4), d1 * draw.between(0.7, 1.4)],
    afterpulseProbability: link.afterpulseProbability * draw.between(0.8, 1.2),
    misalignment: {
      z: link.misalignment.z * wrong * draw.between(0.95, 1.05),
      x: link.misalignment.x * wrong * draw.between(0.95, 1.05),
    },
  };
  const fibreKm = channelLossDb / fibreDbPerKm;
  const channel = { frequencyThz: gridFrequencyThz(13, 100), direction: "forward" as const };
  const noiseAt0 = multiplexingNoise([{ ...channel, launchDbm: 0 }], {
    ...DEFAULT_NOISE_RECEIVER,
    quantumWavelengthNm,
    fibreKm,
    receiverTransmittance: transmittanceOfLoss(link.receiverLossDb),
    detectorEfficiency: e0,
  }).total;
  const wanted = (installed.darkCountsPerGate[0] + installed.darkCountsPerGate[1]) * draw.between(0.1, 0.5);
  const launchDbm = Math.min(-8, Math.max(-25, 10 * Math.log10(wanted / noiseAt0)));
  return {
    preset,
    link: installed,
    alignment: { delayPs: draw.between(-5, 5), skewPs: draw.between(-20, 20) },
    launchDbm,
    lit: (dbm) => ({
      event: "multiplex",
      plan: { channels: [{ ...channel, launchDbm: Math.min(10, dbm) }], quantumWavelengthNm, fibreKm },
    }),
  };
}
