import {
  ALL_INTENSITIES_FORM,
  asymptoticRate,
  type BoundName,
  type ClassicalChannel,
  type DistillationPlan,
  finiteRate,
  idealDecoyBitsPerPulse,
  infiniteDecoyRateBps,
  type LinkParameters,
  type MultiplexingNoise,
  multiplexingNoise,
  type NoiseReceiver,
  type PerBasis,
  type PerIntensity,
  type PresetKind,
  type PublishedPoint,
  plobBitsPerPulse,
  predictLink,
  publishedNear,
  T12_FORM,
  transmittanceOfLoss,
} from "../../physics/index.ts";

/** A link to plan: hardware, distillation, and what else runs on its fibre. */
export interface PlannedLink {
  readonly preset: string;
  readonly presetKind: PresetKind;
  /** Share of the time in which key is made. */
  readonly availability: number;
  readonly link: LinkParameters;
  readonly plan: DistillationPlan;
  readonly fibreDbPerKm: number;
  /** Length of the fibre where a plan states it; else what the loss amounts to at `fibreDbPerKm`. */
  readonly fibreKm?: number;
  readonly channels: readonly ClassicalChannel[];
  readonly noise: Pick<
    NoiseReceiver,
    "quantumWavelengthNm" | "filterBandwidthNm" | "gateWindowPs" | "isolationDb" | "returnLossDb"
  >;
}

/** The prediction as `plan --json` prints it: per gate, per second, bits; `gains` in the order u, v, w. */
export interface PlanReport {
  readonly preset: string;
  readonly presetKind: PresetKind;
  readonly lossDb: number;
  readonly fibreKm: number;
  readonly clockHz: number;
  readonly bound: BoundName;
  readonly blockS: number;
  readonly blockBits: number;
  readonly gains: PerIntensity;
  /** Error rate of signal pulses. */
  readonly qber: PerBasis;
  readonly qberAllIntensities: PerBasis;
  readonly clicksPerS: number;
  readonly clicksPerGate: number;
  readonly siftedRateBps: number;
  readonly secretKeyRateBps: {
    /** Infinite block, two decoys, key from what the chosen bound makes key of. */
    readonly asymptotic: number;
    /** The chosen bound and block. */
    readonly finite: number;
    /** The bound that the controller distils with, for the same block. */
    readonly controller: number;
    /** `finite` times the availability: what remains on average over days. */
    readonly average: number;
    /** Infinitely many decoys, perfect reconciliation: what the hardware allows. */
    readonly hardwareLimit: number;
  };
  readonly availability: number;
  /** Published rates nearest in loss, whatever the preset. */
  readonly published: readonly PublishedPoint[];
  readonly phaseErrorRate: number;
  readonly ramanCountsPerGate: number;
  readonly noiseCountsPerGate: MultiplexingNoise;
  /** Unbounded (null in JSON) where nothing is lost. */
  readonly plobBps: number;
  readonly idealDecoyBps: number;
  readonly suffices: { readonly aes256KeysPerS: number; readonly oneTimePadBps: number };
}

/** The link with the noise that its channels bring. */
export interface LitLink {
  readonly link: LinkParameters;
  readonly fibreKm: number;
  readonly noiseCountsPerGate: MultiplexingNoise;
}

/** Adds the noise of the channel plan to the link's own. */
export function litLink(planned: PlannedLink): LitLink {
  const fibreKm = planned.fibreKm ?? planned.link.channelLossDb / planned.fibreDbPerKm;
  const noiseCountsPerGate = multiplexingNoise(planned.channels, {
    ...planned.noise,
    fibreKm,
    quantumDbPerKm: planned.fibreDbPerKm,
    receiverTransmittance: transmittanceOfLoss(planned.link.receiverLossDb),
    detectorEfficiency: (planned.link.detectorEfficiency[0] + planned.link.detectorEfficiency[1]) / 2,
  });
  const link = { ...planned.link, noisePerGate: planned.link.noisePerGate + noiseCountsPerGate.total };
  return { link, fibreKm, noiseCountsPerGate };
}

/** Predicts one link. */
export function planReport(planned: PlannedLink): PlanReport {
  const { plan } = planned;
  const { link, fibreKm, noiseCountsPerGate } = litLink(planned);
  const prediction = predictLink(link);
  const finite = finiteRate(link, plan);
  const controller =
    plan.bound === "composable" ? finite : finiteRate(link, { ...plan, bound: "composable" });
  const sifted = finite.counts.sifted;
  return {
    preset: planned.preset,
    presetKind: planned.presetKind,
    lossDb: link.channelLossDb,
    fibreKm,
    clockHz: link.clockHz,
    bound: plan.bound,
    blockS: finite.blockS,
    blockBits: (sifted[0] ?? 0) + (sifted[1] ?? 0) + (sifted[2] ?? 0),
    gains: prediction.gains,
    qber: { z: prediction.qberPerIntensity.z[0], x: prediction.qberPerIntensity.x[0] },
    qberAllIntensities: prediction.qber,
    clicksPerS: prediction.clicksPerS,
    clicksPerGate: prediction.clicksPerGate,
    siftedRateBps: prediction.siftedRateBps,
    secretKeyRateBps: {
      asymptotic: asymptoticRate(
        link,
        plan.reconciliationEfficiency,
        plan.bound === "t12" ? T12_FORM : ALL_INTENSITIES_FORM,
        prediction,
      ).rateBps,
      finite: finite.rateBps,
      controller: controller.rateBps,
      average: finite.rateBps * planned.availability,
      hardwareLimit: infiniteDecoyRateBps(link),
    },
    availability: planned.availability,
    published: publishedNear(link.channelLossDb),
    phaseErrorRate: finite.phaseErrorRate,
    ramanCountsPerGate: noiseCountsPerGate.ramanForward + noiseCountsPerGate.ramanBackward,
    noiseCountsPerGate,
    plobBps: link.clockHz * plobBitsPerPulse(link.channelLossDb),
    idealDecoyBps: link.clockHz * idealDecoyBitsPerPulse(link.channelLossDb),
    suffices: { aes256KeysPerS: finite.rateBps / 256, oneTimePadBps: finite.rateBps },
  };
}
