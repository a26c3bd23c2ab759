import type { ClassicalChannel, LinkParameters, PerBasis } from "../../../physics/index.ts";
import type { Blinding, DetectorWear, MultiplexPlan } from "../../optics/conditions.ts";
import type { SiteName } from "../site-name.ts";

/** Eve's attack on the pulses: one at a time. */
export type PulseAttack =
  | { readonly kind: "interceptResend"; readonly fraction: number; readonly basisBias: number }
  | { readonly kind: "photonSplitting"; readonly fraction: number }
  | ({ readonly kind: "blinding" } & Blinding);

/** Everything that happenings can change about a link, at one moment. */
export interface LinkState {
  readonly cut: boolean;
  /** Losses, dB, by what causes them; that of the fibre without its named connectors is `fibre`. */
  readonly lossesDb: Readonly<Record<string, number>>;
  /** Launch power of the lit channels, dBm, by name. */
  readonly litDbm: Readonly<Record<string, number>>;
  readonly ambientC: Readonly<Record<SiteName, number>>;
  readonly laserPower: number;
  readonly laserWorks: boolean;
  readonly visibility: PerBasis;
  readonly phaseDrift: { readonly relaxationPerS: number; readonly diffusionRadPerSqrtS: number };
  /** Step of phase that a hop of the laser has left. */
  readonly modeHopRad: number;
  readonly arrivalDriftPs: number;
  /** Bias of the intensity modulator off its working point. */
  readonly modulatorOffsetV: number;
  readonly detectorWear: DetectorWear;
  readonly afterpulseFactor: number;
  readonly biasResistorOhm: number;
  readonly strayPerGate: number;
  readonly attenuatorDbPerDb: number;
  readonly slipGates: number;
  readonly attack: PulseAttack | undefined;
  readonly timeShiftPs: number;
  readonly trojanLightDbm: number | undefined;
  readonly deviceFault: Readonly<Record<SiteName, string | null>>;
}

/** A change of the state. */
export type Change = (state: LinkState) => LinkState;

/** A channel of the plan with its place in the spectrum and the power it is launched with when lit. */
export interface PlannedChannel {
  readonly name: string;
  readonly frequencyThz: number;
  readonly direction: ClassicalChannel["direction"];
  readonly launchDbm: number;
  readonly lit: boolean;
}

/** What a link is made of, as far as happenings ask. */
export interface LinkPlan {
  /** Connectors that have a name. */
  readonly connectors: readonly { readonly name: string; readonly lossDb: number }[];
  readonly channels: readonly PlannedChannel[];
  readonly multiplex: Omit<MultiplexPlan, "channels">;
  /** Whether wind can reach the fibre. */
  readonly aerial: boolean;
  /** Whether the gates of the two detectors lie apart, so that a shift of the pulses changes anything. */
  readonly gatesApart: boolean;
}

/** Air around a housing where nothing else is said, degrees Celsius. */
export const DEFAULT_AMBIENT_C = 22;

/** Detectors as their link's parameters describe them. */
export const UNWORN: DetectorWear = { efficiency: [1, 1], darkFactor: [1, 1] };

/** No phase drift at all. */
export const NO_DRIFT = { relaxationPerS: 0, diffusionRadPerSqrtS: 0 } as const;

/** A link as its parameters describe it, before anything happens. */
export function undisturbed({ channelLossDb, misalignment }: LinkParameters): LinkState {
  return {
    cut: false,
    lossesDb: { fibre: channelLossDb },
    litDbm: {},
    ambientC: { alice: DEFAULT_AMBIENT_C, bob: DEFAULT_AMBIENT_C },
    laserPower: 1,
    laserWorks: true,
    visibility: { z: 1 - 2 * misalignment.z, x: 1 - 2 * misalignment.x },
    phaseDrift: NO_DRIFT,
    modeHopRad: 0,
    arrivalDriftPs: 0,
    modulatorOffsetV: 0,
    detectorWear: UNWORN,
    afterpulseFactor: 1,
    biasResistorOhm: 0,
    strayPerGate: 0,
    attenuatorDbPerDb: 1,
    slipGates: 0,
    attack: undefined,
    timeShiftPs: 0,
    trojanLightDbm: undefined,
    deviceFault: { alice: null, bob: null },
  };
}
