import {
  type ClassicalChannel,
  DEFAULT_NOISE_RECEIVER,
  type LinkParameters,
  type LinkPreset,
  linkPreset,
  multiplexingNoise,
  transmittanceOfLoss,
} from "../../physics/index.ts";
import type { LinkPlan } from "./link-plan.ts";
import { channelThz, type PlannedChannel } from "./planned-channel.ts";

const DEFAULT_PRESET = "yuan2018";
/** Detector temperature at which presets give their dark counts, °C, and the step in which these double. */
const NOMINAL_DETECTOR_C = -30;
const DOUBLING_K = 10;

export const presetNameOf = (plan: LinkPlan): string => plan.preset ?? DEFAULT_PRESET;
export const presetOf = (plan: LinkPlan): LinkPreset => linkPreset(presetNameOf(plan));

/** Dark counts per gate that the preset's detectors have at a temperature: thermal generation, doubling every 10 K. */
export function darksAt(plan: LinkPlan, detectorC: number): readonly [number, number] {
  const factor = 2 ** ((detectorC - NOMINAL_DETECTOR_C) / DOUBLING_K);
  const [zero, one] = presetOf(plan).link.darkCountsPerGate;
  return [zero * factor, one * factor];
}

/** What differs from the preset in the link at hand. */
export interface LinkAtHand {
  readonly clockHz: number;
  readonly lossDb: number;
  readonly meanPhotons: readonly [number, number, number];
  readonly deadGates: number;
  readonly darkCountsPerGate?: readonly [number, number];
  readonly noisePerGate?: number;
}

/** The closed form's link: the preset's hardware at this clock, loss and setting of the source. */
export function expectedLink(plan: LinkPlan, at: LinkAtHand): LinkParameters {
  const { link } = presetOf(plan);
  return {
    ...link,
    clockHz: at.clockHz,
    channelLossDb: Math.max(0, at.lossDb),
    intensities: at.meanPhotons,
    deadGates: at.deadGates,
    darkCountsPerGate: at.darkCountsPerGate ?? link.darkCountsPerGate,
    noisePerGate: at.noisePerGate ?? link.noisePerGate,
  };
}

/** Noise clicks per gate that lit channels bring, both detectors summed, in closed form. */
export function channelNoise(plan: LinkPlan, channels: readonly PlannedChannel[]): number {
  const preset = presetOf(plan);
  const lit = channels.map(
    (channel): ClassicalChannel => ({
      frequencyThz: channelThz(channel),
      direction: channel.direction,
      launchDbm: channel.launchDbm,
    }),
  );
  const [zero, one] = preset.link.detectorEfficiency;
  return multiplexingNoise(lit, {
    ...DEFAULT_NOISE_RECEIVER,
    ...(plan.receiverFilter === undefined
      ? {}
      : { filterBandwidthNm: plan.receiverFilter.bandwidthNm, isolationDb: plan.receiverFilter.isolationDb }),
    quantumWavelengthNm: preset.quantumWavelengthNm,
    fibreKm: (plan.fibre?.spans ?? []).reduce((sum, { lengthKm }) => sum + lengthKm, 0),
    receiverTransmittance: transmittanceOfLoss(preset.link.receiverLossDb),
    detectorEfficiency: (zero + one) / 2,
  }).total;
}
