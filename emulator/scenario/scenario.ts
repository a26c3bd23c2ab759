import type { LinkParameters, PerBasis, PerIntensity } from "../../physics/index.ts";
import type { TimelineHappening } from "../happenings/happenings.ts";

/** A span of time as text with its unit: `250 ms`, `10 s`, `5 min`, `2 h`. */
export type DurationText = string;

/** A joint of the fibre: a connector or a splice. */
export interface FibreJoint {
  /** Events refer to a connector by this name. */
  readonly name?: string;
  readonly lossDb: number;
}

/** The fibre from Alice's output to Bob's input. */
export interface FibreDescription {
  readonly lengthKm: number;
  /** At the quantum wavelength; the preset's where it is not given. */
  readonly attenuationDbPerKm?: number;
  readonly connectors?: readonly FibreJoint[];
  readonly splices?: readonly FibreJoint[];
  /** Only an aerial fibre sways in the wind. */
  readonly kind: "buried" | "aerial";
}

/** A classical channel on the same fibre: where in the spectrum, which way, how bright, and whether it is lit at the start. */
export interface ChannelDescription {
  readonly name: string;
  /** Channel number of the 100 GHz grid: 190.0 THz + 0.1 THz times the number, as in C34. */
  readonly itu?: number;
  readonly wavelengthNm?: number;
  readonly frequencyThz?: number;
  /** `forward` from Alice to Bob. */
  readonly direction: "forward" | "backward";
  /** Power into the fibre, or what arrives at its other end. */
  readonly launchDbm?: number;
  readonly receiveDbm?: number;
  readonly lit: boolean;
}

/** The spectrum of the fibre: the quantum channel, Bob's filters, the classical channels. */
export interface DwdmDescription {
  /** The preset's wavelength where it is not given. */
  readonly quantumWavelengthNm?: number;
  readonly filterBandwidthNm?: number;
  readonly isolationDb?: number;
  readonly returnLossDb?: number;
  readonly channels: readonly ChannelDescription[];
}

/** Detectors where they differ from the preset's. */
export interface DetectorDescription {
  readonly efficiency?: readonly [number, number];
  readonly darkCountsPerGate?: readonly [number, number];
  readonly afterpulseProbability?: number;
  readonly deadGates?: number;
}

/** One of the two devices. */
export interface DeviceDescription {
  readonly serial?: string;
  /** Air around the housing; 22 degrees Celsius where it is not given. */
  readonly ambientC?: number;
}

/** The receiver's set points and parts. */
export interface ReceiverDescription extends DeviceDescription {
  readonly detectorTemperatureC?: number;
  readonly detectorBiasV?: number;
  readonly receiverLossDb?: number;
  readonly detectors?: DetectorDescription;
}

/** Protocol settings where they differ from the preset's. */
export type ProtocolDescription = Partial<
  Pick<LinkParameters, "aliceZProbability" | "bobZProbability"> & {
    readonly intensities: PerIntensity;
    readonly intensityProbabilities: PerIntensity;
  }
>;

/** What holds at the first gate beside what the rest of the scenario says. */
export interface InitialState {
  readonly visibility?: PerBasis;
  readonly phaseDrift?: { readonly relaxationPerS: number; readonly diffusionRadPerSqrtS: number };
  readonly intensityJitter?: number;
  readonly laserRelativePower?: number;
  readonly detectorSkewPs?: number;
}

/** Times at which an event happens. */
export interface EventTime {
  /** Since the start of the timeline. */
  readonly at: DurationText;
  /** It happens again this long after it began, `times` times in all. */
  readonly every?: DurationText;
  readonly times?: number;
}

/** One entry of the timeline. */
export type ScenarioEvent = EventTime & TimelineHappening;

/** A scenario as its file states it. See the README beside the ready-made ones for a tour, the JSON Schema for ranges. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Seed where the caller gives none. */
  readonly seed?: number;
  readonly preset: string;
  readonly clockHz?: number;
  /** How long the timeline is: no event lies beyond it. The link then goes on as it is. */
  readonly duration: DurationText;
  /** Whether the timeline begins with the first gate of the first key exchange (the default) or as soon as the link is up. */
  readonly starts?: "with the first key exchange" | "at once";
  /** Link time after which even a dim link completes a frame; 250 ms by default. Long ones let virtual time run fast. */
  readonly longestFrame?: DurationText;
  readonly protocol?: ProtocolDescription;
  readonly fibre: FibreDescription;
  readonly dwdm?: DwdmDescription;
  readonly devices?: { readonly alice?: DeviceDescription; readonly bob?: ReceiverDescription };
  readonly initial?: InitialState;
  /** Whether the link drifts a little by itself, beside what happens: `usual` by default. */
  readonly drift?: "usual" | "none";
  readonly timeline: readonly ScenarioEvent[];
}
