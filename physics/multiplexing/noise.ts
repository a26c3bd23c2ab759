import { checkArgument, rule } from "../../options/index.ts";
import { nanometresOfTerahertz, photonEnergyJ, terahertzOfNanometres } from "../constants.ts";
import { transmittanceOfLoss, wattsOfDbm } from "../decibel.ts";
import { rangeError, requireInRange } from "../range.ts";
import { FIBRE_RANGE_NM, fibreAttenuationDbPerKm, nepersPerKm } from "./fibre.ts";
import { type FourWaveMixingTriplet, fourWaveMixingWatts } from "./four-wave-mixing.ts";
import { backwardRamanLengthKm, forwardRamanLengthKm, ramanCoefficientPerKmNm } from "./raman.ts";

/** A classical channel on the quantum channel's fibre. */
export interface ClassicalChannel {
  readonly frequencyThz: number;
  /** Power launched into the fibre, dBm. */
  readonly launchDbm: number;
  /** `forward` travels with the photons from Alice to Bob, `backward` is launched at Bob's end. */
  readonly direction: "forward" | "backward";
}

/** Fibre and receiver that the noise of classical channels reaches. */
export interface NoiseReceiver {
  readonly quantumWavelengthNm: number;
  readonly fibreKm: number;
  /** Attenuation at the quantum wavelength, dB/km; without it that of typical G.652.D fibre. */
  readonly quantumDbPerKm?: number;
  /** Bandwidth of Bob's filter, nm. */
  readonly filterBandwidthNm: number;
  /** Time per gate in which a photon can make a click, ps. */
  readonly gateWindowPs: number;
  /** Rejection of classical wavelengths by Bob's filters, dB. */
  readonly isolationDb: number;
  /** How far below its launch a backward channel's light returns to Bob (Rayleigh scattering, reflections), dB. */
  readonly returnLossDb: number;
  /** Transmittance of Bob's optics, filter included, and detector efficiency. */
  readonly receiverTransmittance: number;
  readonly detectorEfficiency: number;
}

/** Noise clicks per gate, both detectors summed, by origin. */
export interface MultiplexingNoise {
  readonly ramanForward: number;
  readonly ramanBackward: number;
  readonly fourWaveMixing: number;
  readonly leakThrough: number;
  readonly total: number;
}

const CHANNELS = rule.list(
  rule.like(
    {
      frequencyThz: rule.anyNumber,
      launchDbm: rule.anyNumber,
      direction: rule.choice("forward", "backward"),
    },
    "a classical channel",
  ),
);

/**
 * Bob's filters and gate where nothing else is known: 25 GHz wide at 1550 nm, 150 ps of a 1 GHz gate, Rayleigh return of a
 * long fibre, and filters in series that were chosen for multiplexing (one DWDM filter alone rejects 30 to 40 dB).
 */
export const DEFAULT_NOISE_RECEIVER = {
  filterBandwidthNm: 0.2,
  gateWindowPs: 150,
  isolationDb: 130,
  returnLossDb: 32,
} as const;

/**
 * Clicks per gate that classical channels cause: spontaneous Raman scattering in both directions, four-wave mixing of
 * forward channels, and light that leaks through the filters (physics paper, section 3).
 *
 * @throws ConfigError QKD_PHYSICS_RANGE for impossible channels, or one on the quantum channel itself.
 */
export function multiplexingNoise(
  channels: readonly ClassicalChannel[],
  receiver: NoiseReceiver,
): MultiplexingNoise {
  checkArgument("channels", channels, CHANNELS);
  checkReceiver(receiver);
  for (const [index, channel] of channels.entries()) checkChannel(channel, index, receiver);
  checkPlaces(channels);
  const clicksPerWatt =
    (receiver.gateWindowPs * 1e-12 * receiver.receiverTransmittance * receiver.detectorEfficiency) /
    photonEnergyJ(receiver.quantumWavelengthNm);
  const quantumNepersPerKm = nepersPerKm(
    receiver.quantumDbPerKm ?? fibreAttenuationDbPerKm(receiver.quantumWavelengthNm),
  );
  let ramanForward = 0;
  let ramanBackward = 0;
  let leakThrough = 0;
  for (const channel of channels) {
    const wavelengthNm = nanometresOfTerahertz(channel.frequencyThz);
    const watts = wattsOfDbm(channel.launchDbm);
    const dbPerKm = fibreAttenuationDbPerKm(wavelengthNm);
    const span = { fibreKm: receiver.fibreKm, pumpNepersPerKm: nepersPerKm(dbPerKm), quantumNepersPerKm };
    const scattered =
      watts *
      ramanCoefficientPerKmNm(wavelengthNm, receiver.quantumWavelengthNm) *
      receiver.filterBandwidthNm;
    const forward = channel.direction === "forward";
    if (forward) ramanForward += scattered * forwardRamanLengthKm(span) * clicksPerWatt;
    else ramanBackward += scattered * backwardRamanLengthKm(span) * clicksPerWatt;
    const towardsBobDb = forward ? dbPerKm * receiver.fibreKm : receiver.returnLossDb;
    const leaking = watts * transmittanceOfLoss(towardsBobDb + receiver.isolationDb);
    leakThrough +=
      leaking *
      clicksPerWatt *
      (receiver.quantumWavelengthNm > 0 ? wavelengthNm / receiver.quantumWavelengthNm : 1);
  }
  const fourWaveMixing = mixingWatts(channels, receiver, quantumNepersPerKm) * clicksPerWatt;
  return {
    ramanForward,
    ramanBackward,
    fourWaveMixing,
    leakThrough,
    total: ramanForward + ramanBackward + fourWaveMixing + leakThrough,
  };
}

/** Power of every mixing product of the forward channels that falls into the filter, W. */
function mixingWatts(
  channels: readonly ClassicalChannel[],
  receiver: NoiseReceiver,
  nepersPerKmAtQuantum: number,
): number {
  const forward = channels.filter((channel) => channel.direction === "forward");
  const quantumThz = terahertzOfNanometres(receiver.quantumWavelengthNm);
  const halfWidthThz =
    terahertzOfNanometres(receiver.quantumWavelengthNm - receiver.filterBandwidthNm / 2) - quantumThz;
  const sorted = [...forward].sort((a, b) => a.frequencyThz - b.frequencyThz);
  const span = {
    fibreKm: receiver.fibreKm,
    nepersPerKm: nepersPerKmAtQuantum,
    wavelengthNm: receiver.quantumWavelengthNm,
  };
  let watts = 0;
  for (const [i, first] of sorted.entries()) {
    for (const second of sorted.slice(i)) {
      const wanted = first.frequencyThz + second.frequencyThz - quantumThz;
      for (const third of channelsAround(sorted, wanted, halfWidthThz)) {
        if (third === first || third === second) continue;
        const triplet: FourWaveMixingTriplet = {
          thz: [first.frequencyThz, second.frequencyThz, third.frequencyThz],
          watts: [wattsOfDbm(first.launchDbm), wattsOfDbm(second.launchDbm), wattsOfDbm(third.launchDbm)],
          degeneracy: first === second ? 3 : 6,
        };
        watts += fourWaveMixingWatts(triplet, span);
      }
    }
  }
  return watts;
}

/** Channels of a list sorted by frequency that lie within `halfWidthThz` of `thz`, found by bisection. */
function channelsAround(
  sorted: readonly ClassicalChannel[],
  thz: number,
  halfWidthThz: number,
): ClassicalChannel[] {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.frequencyThz ?? 0) < thz - halfWidthThz) low = middle + 1;
    else high = middle;
  }
  const found: ClassicalChannel[] = [];
  for (let index = low; index < sorted.length; index++) {
    const channel = sorted[index];
    if (channel === undefined || channel.frequencyThz > thz + halfWidthThz) break;
    found.push(channel);
  }
  return found;
}

/** Launch powers that a fibre takes, dBm. */
export const LAUNCH_RANGE_DBM = { min: -100, max: 30 } as const;

const FILTER = rule.like(
  { quantumWavelengthNm: rule.anyNumber, filterBandwidthNm: rule.anyNumber },
  "a quantum wavelength and the bandwidth of its filter",
);

/** Whether light of that frequency passes the quantum channel's own filter: no classical channel can lie there. */
export function inQuantumFilter(
  frequencyThz: number,
  receiver: Pick<NoiseReceiver, "quantumWavelengthNm" | "filterBandwidthNm">,
): boolean {
  checkArgument("receiver", receiver, FILTER);
  const { quantumWavelengthNm, filterBandwidthNm } = receiver;
  return Math.abs(nanometresOfTerahertz(frequencyThz) - quantumWavelengthNm) < filterBandwidthNm / 2;
}

function checkReceiver(receiver: NoiseReceiver): void {
  checkArgument("receiver", receiver, rule.anyObject);
  requireInRange("quantumWavelengthNm", receiver.quantumWavelengthNm, FIBRE_RANGE_NM);
  requireInRange("fibreKm", receiver.fibreKm, { min: 0, max: 1000 });
  if (receiver.quantumDbPerKm !== undefined) {
    requireInRange("quantumDbPerKm", receiver.quantumDbPerKm, { min: 0, max: 10 });
  }
  requireInRange("filterBandwidthNm", receiver.filterBandwidthNm, { min: 0, max: 100, openMin: true });
  requireInRange("gateWindowPs", receiver.gateWindowPs, { min: 0, max: 1e6, openMin: true });
  requireInRange("isolationDb", receiver.isolationDb, { min: 0, max: 300 });
  requireInRange("returnLossDb", receiver.returnLossDb, { min: 0, max: 300 });
  requireInRange("receiverTransmittance", receiver.receiverTransmittance, { min: 0, max: 1 });
  requireInRange("detectorEfficiency", receiver.detectorEfficiency, { min: 0, max: 1 });
}

function checkChannel(channel: ClassicalChannel, index: number, receiver: NoiseReceiver): void {
  const wavelengthNm = nanometresOfTerahertz(channel.frequencyThz);
  requireInRange(`channels[${index}] wavelength in nm`, wavelengthNm, FIBRE_RANGE_NM);
  requireInRange(`channels[${index}].launchDbm`, channel.launchDbm, LAUNCH_RANGE_DBM);
  if (inQuantumFilter(channel.frequencyThz, receiver)) {
    throw rangeError(
      `channels[${index}].frequencyThz`,
      channel.frequencyThz,
      `outside the quantum channel's filter at ${Number(receiver.quantumWavelengthNm.toFixed(3))} nm`,
    );
  }
}

/** Two lasers of one frequency that travel the same way are one channel, written twice. */
function checkPlaces(channels: readonly ClassicalChannel[]): void {
  const taken = new Map<string, number>();
  for (const [index, { frequencyThz, direction }] of channels.entries()) {
    const before = taken.get(`${frequencyThz} ${direction}`);
    if (before !== undefined)
      throw rangeError(
        `channels[${index}].frequencyThz`,
        frequencyThz,
        `another than that of channels[${before}], which travels ${direction} too`,
      );
    taken.set(`${frequencyThz} ${direction}`, index);
  }
}
