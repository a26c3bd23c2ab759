import type {
  ClassicalChannel,
  DEFAULT_NOISE_RECEIVER,
  LinkParameters,
  PerBasis,
  PerIntensity,
} from "../../physics/index.ts";

/** Delays that a receiver sets its gates to, ps. */
export interface GateSetting {
  readonly delayPs: number;
  readonly skewPs: number;
}

/** Wear of detector 0 and 1. */
export interface DetectorWear {
  readonly efficiency: readonly [number, number];
  readonly darkFactor: readonly [number, number];
}

/** How Bob's clock runs against Alice's, and how it is put right. */
export interface ClockDrift {
  /** Relative frequency error, parts per billion. */
  readonly ppb: number;
  /** The receiver moves its gates back to the middle of the pulses this often, s. */
  readonly recentreS: number;
}

/** Jitter of the detectors and what of it reaches beyond the gate. */
export interface TimingJitter {
  /** Standard deviation of an avalanche's timing, ps: pulses act as so much wider. */
  readonly ps: number;
  /** Share of the photoelectrons whose avalanche comes so late that the next gate counts it. */
  readonly tail: number;
}

/** Bright light that turns the detectors into linear ones, and the states that Eve fakes on top of it. */
export interface Blinding {
  /** Continuous light on Bob's detectors, milliwatt. */
  readonly lightMw: number;
  /** Probability per gate that Eve sends a faked state. */
  readonly fakedPerGate: number;
  /** Probability that Eve measures and fakes in Z. */
  readonly basisBias: number;
}

/** Classical channels on the quantum channel's fibre. */
export interface MultiplexPlan {
  readonly channels: readonly ClassicalChannel[];
  readonly quantumWavelengthNm: number;
  /** Fibre over which they run together, km. */
  readonly fibreKm: number;
  /** What is known of Bob's filters; the rest is as in `DEFAULT_NOISE_RECEIVER`. */
  readonly receiver?: Partial<Record<keyof typeof DEFAULT_NOISE_RECEIVER, number>>;
}

/** Everything that the optics obey at the moment. */
export interface OpticsConditions {
  /** Nominal link; losses, intensities, misalignment, noise and dead time follow the controls. */
  readonly link: LinkParameters;
  readonly fibreCut: boolean;
  readonly laserOn: boolean;
  /** Laser power relative to nominal. */
  readonly laserPower: number;
  /** Bias of the detectors in excess of breakdown, volt; the supply follows breakdown with temperature. */
  readonly detectorBiasV: number;
  /** Resistance between bias supply and detectors, ohm. */
  readonly biasResistorOhm: number;
  /** What the avalanches of the last frame take from the bias through that resistance, volt. */
  readonly biasSagV: number;
  readonly detectorTemperatureC: number;
  /** Phase error now, radian: what was set, or where the drift has led. */
  readonly phaseErrorRad: number;
  /** Step of phase that a hop of the laser has left, radian; beside the phase error, which may drift meanwhile. */
  readonly modeHopRad: number;
  readonly phaseDrift: { readonly relaxationPerS: number; readonly diffusionRadPerSqrtS: number };
  /** True where dead time blinds only the detector that clicked. */
  readonly deadTimePerDetector: boolean;
  /** Relative standard deviation of the intensity. */
  readonly intensityJitter: number;
  /** Relative intensity change after a pulse of intensity u, v, w. */
  readonly patternEffect: PerIntensity;
  /** Intercept-resend: fraction of pulses and Eve's probability of choosing Z. */
  readonly interceptResend: { readonly fraction: number; readonly basisBias: number };
  /** Classical channels that share the fibre; their noise adds to the link's. */
  readonly multiplex: MultiplexPlan | undefined;
  /** Bright light and faked states, while that attack goes on. */
  readonly blinding: Blinding | undefined;
  /** Fraction of the pulses on which Eve splits photon numbers. */
  readonly splitFraction: number;
  /** Delay that Eve gives the pulses, ps. */
  readonly timeShiftPs: number;
  /** Light into Alice's output, dBm at her monitor. */
  readonly trojanLightDbm: number | undefined;
  /** Arrival of the pulses off the middle of gates that are set to no delay, ps: positive where they come late. */
  readonly arrivalPs: number;
  /** Distance between the gates of detector 1 and detector 0 by their electronics, ps. */
  readonly detectorSkewPs: number;
  /** What the fibre's warming and clocks that wander make of that arrival, ps. */
  readonly arrivalDriftPs: number;
  /** What the receiver has set: delay of both gates, and delay of the gate of detector 1 beside that of detector 0, ps. */
  readonly gateSetting: GateSetting;
  /** Phase that the receiver's interferometer is set to, radian: it cancels an error of the same size. */
  readonly phaseSettingRad: number;
  /** What the receiver adds to the bias of detector 0 and 1, volt. */
  readonly biasTrimV: readonly [number, number];
  /** What the transmitter adds to the output of the modulator's bias controller, volt. */
  readonly modulatorSettingV: number;
  /** How worn each detector is: share of its efficiency that is left, factor on its dark counts. */
  readonly detectorWear: DetectorWear;
  /** Factor on the afterpulses. */
  readonly afterpulseFactor: number;
  /** Light that gets into the receiver beside the fibre, as click probability a gate, both detectors summed. */
  readonly strayPerGate: number;
  /** Gates by which the receiver counts ahead of the transmitter. */
  readonly slipGates: number;
  /** Pulse broadening by the fibre, ps rms. */
  readonly dispersionPs: number;
  readonly phaseRandomised: boolean;
  /** Late avalanches, carriers that wait without one, and detectors less efficient when warm. */
  readonly timingJitter: TimingJitter;
  /** Clicks a gate for each photoelectron a gate. */
  readonly chargePersistence: number;
  /** Relative change of the efficiency with each kelvin above nominal. */
  readonly efficiencyPerK: number;
  /** Polarisation off the interferometers' axis, radian. */
  readonly polarisationRad: number;
  readonly clockDrift: ClockDrift;
  /** Phase by which Alice's bit 1 is off in each basis, radian. */
  readonly preparationRad: PerBasis;
  /** Output of the modulator's bias controller off its working point, volt. */
  readonly modulatorOffsetV: number;
  /** The usual drift with its clock, or undefined where nothing drifts by itself and meters have no noise. */
  readonly drift: DriftClock | undefined;
}

/** A drift that goes by its seed and by gates. */
export interface DriftClock {
  readonly seed: bigint;
  /** Gates that passed before the optics' first: its time is counted in these and the optics' own. */
  readonly gatesBefore: bigint;
}

/** Detector temperature at which a link's parameters are given, degrees Celsius. */
export const NOMINAL_DETECTOR_C = -30;
/** Excess bias at which a link's parameters are given, volt. */
export const NOMINAL_BIAS_V = 2.5;

/** A link as its parameters describe it: nothing wrong, nobody listening. */
export function nominalConditions(link: LinkParameters): OpticsConditions {
  return {
    link,
    fibreCut: false,
    laserOn: true,
    laserPower: 1,
    detectorBiasV: NOMINAL_BIAS_V,
    biasResistorOhm: 0,
    biasSagV: 0,
    detectorTemperatureC: NOMINAL_DETECTOR_C,
    phaseErrorRad: 0,
    modeHopRad: 0,
    phaseDrift: { relaxationPerS: 0, diffusionRadPerSqrtS: 0 },
    deadTimePerDetector: false,
    intensityJitter: 0,
    patternEffect: [0, 0, 0],
    interceptResend: { fraction: 0, basisBias: 0.5 },
    multiplex: undefined,
    blinding: undefined,
    splitFraction: 0,
    timeShiftPs: 0,
    trojanLightDbm: undefined,
    arrivalPs: 0,
    detectorSkewPs: 0,
    gateSetting: { delayPs: 0, skewPs: 0 },
    phaseSettingRad: 0,
    biasTrimV: [0, 0],
    modulatorSettingV: 0,
    arrivalDriftPs: 0,
    detectorWear: { efficiency: [1, 1], darkFactor: [1, 1] },
    afterpulseFactor: 1,
    strayPerGate: 0,
    slipGates: 0,
    dispersionPs: 0,
    phaseRandomised: true,
    timingJitter: { ps: 0, tail: 0 },
    chargePersistence: 0,
    efficiencyPerK: 0,
    polarisationRad: 0,
    clockDrift: { ppb: 0, recentreS: 1 },
    preparationRad: { z: 0, x: 0 },
    modulatorOffsetV: 0,
    drift: undefined,
  };
}
