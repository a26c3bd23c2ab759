import type { PerBasis, PerIntensity } from "../../physics/index.ts";
import type {
  Blinding,
  ClockDrift,
  DetectorWear,
  DriftClock,
  MultiplexPlan,
  TimingJitter,
} from "./conditions.ts";

/**
 * A change of the optics that takes effect at the next gate. Levels are absolute, not steps; each one replaces what was
 * set before.
 */
export type OpticsControl =
  /** Loss of the fibre with its connectors, dB, 0 to 200. */
  | { readonly type: "fibreLoss"; readonly db: number }
  | { readonly type: "fibreCut"; readonly cut: boolean }
  | { readonly type: "laser"; readonly on: boolean }
  /** Laser power relative to nominal, 0 to 10: scales all three intensities. */
  | { readonly type: "laserPower"; readonly relative: number }
  /** Mean photon numbers u > v > w that the intensity modulator is set to. */
  | { readonly type: "intensities"; readonly intensities: PerIntensity }
  /** Gate bias of both detectors in volt above breakdown, 0 to 6; nominal 2.5. */
  | { readonly type: "detectorBias"; readonly volt: number }
  /**
   * Resistance through which the bias reaches the detectors, 0 to 1e7 ohm; 0, a stiff supply, is nominal. The current of
   * the avalanches lowers the bias: the detectors saturate at high rates.
   */
  | { readonly type: "biasResistor"; readonly ohm: number }
  /** Temperature of both detectors, -80 to 40 degrees Celsius; nominal -30. */
  | { readonly type: "detectorTemperature"; readonly celsius: number }
  /** Interference visibility in each basis, 0 to 1. */
  | { readonly type: "visibility"; readonly visibility: PerBasis }
  /** Residual phase error of the interferometers, radian. */
  | { readonly type: "phaseError"; readonly radian: number }
  /** Step of phase after a mode hop of the laser, beside that error; 0: the loop has followed. */
  | { readonly type: "modeHop"; readonly radian: number }
  /**
   * Phase drift left over by the tracking loop: an Ornstein-Uhlenbeck process, see `driftedPhaseRad`. Both numbers 0 end a
   * drift, and the loop follows again without error.
   */
  | { readonly type: "phaseDrift"; readonly relaxationPerS: number; readonly diffusionRadPerSqrtS: number }
  /** Noise photons (Raman, four-wave mixing, leak-through) as click probability a gate, both detectors summed. */
  | { readonly type: "noise"; readonly perGate: number }
  /** Classical channels lit on the same fibre, or undefined when all are dark: see `MultiplexPlan`. */
  | { readonly type: "multiplex"; readonly plan: MultiplexPlan | undefined }
  /** Gates without response after a click, and whether that holds for the whole receiver. */
  | { readonly type: "deadTime"; readonly gates: number; readonly perDetector: boolean }
  /** Relative standard deviation of the intensity from pulse to pulse, 0 to 0.3. */
  | { readonly type: "intensityJitter"; readonly relative: number }
  /** Relative change of a pulse's intensity after a pulse of intensity u, v, w, each -0.5 to 0.5. */
  | { readonly type: "patternEffect"; readonly relative: PerIntensity }
  /** Eve measures and resends this fraction of the pulses, choosing Z with probability `basisBias`. */
  | { readonly type: "interceptResend"; readonly fraction: number; readonly basisBias: number }
  /**
   * Detector blinding with faked states, or undefined to end it: see `Blinding`. Light 0.01 to 100 mW, faked states at
   * most one a gate.
   */
  | { readonly type: "blinding"; readonly attack: Blinding | undefined }
  /** Photon-number splitting on this fraction of the pulses, over a loss-free line: see `PhotonSplitting`. */
  | { readonly type: "photonSplitting"; readonly fraction: number }
  /** Eve delays all pulses by this much, -500 to 500 ps, to favour one of two gates that lie apart. */
  | { readonly type: "timeShift"; readonly ps: number }
  /** Light that somebody sends into Alice's output, dBm at her monitor, or undefined. Alters nothing but the monitor. */
  | { readonly type: "trojanLight"; readonly dbm: number | undefined }
  /** Arrival of the pulses off the middle of gates set to no delay, and distance between the gates of detector 1 and 0, ps. */
  | { readonly type: "gateAlignment"; readonly delayPs: number; readonly skewPs: number }
  /** Delays that the receiver sets its gates to, ps, each -1000 to 1000: of both, and of that of detector 1 beside the other. */
  | { readonly type: "gateSetting"; readonly delayPs: number; readonly skewPs: number }
  /** Phase that the receiver's interferometer is set to, radian: what is left is the error less this. */
  | { readonly type: "phaseSetting"; readonly radian: number }
  /** What the receiver adds to the bias of detector 0 and 1, -3 to 3 volt. */
  | { readonly type: "biasTrim"; readonly volt: readonly [number, number] }
  /** What the transmitter adds to its modulator's bias, -5 to 5 volt at the controller. */
  | { readonly type: "modulatorSetting"; readonly volt: number }
  /** Arrival of the pulses beside that alignment, as it wanders, -500 to 500 ps. */
  | { readonly type: "arrivalDrift"; readonly ps: number }
  /** Wear of the detectors: share of the efficiency that is left, factor on dark counts, 0 to 1000. */
  | ({ readonly type: "detectorWear" } & DetectorWear)
  /** Factor on the afterpulses, 0 to 20; no avalanche is followed by more than one in two. */
  | { readonly type: "afterpulses"; readonly factor: number }
  /** Light in the receiver that comes by no fibre, as click probability a gate, both detectors summed. */
  | { readonly type: "strayLight"; readonly perGate: number }
  /** What each decibel that the transmitter's attenuator is set to really takes, 0.5 to 1.5 dB. It acts where losses are added up. */
  | { readonly type: "attenuatorSlope"; readonly dbPerDb: number }
  /** Gates by which the receiver counts ahead of the transmitter, 0 to 1000. */
  | { readonly type: "clockSlip"; readonly gates: number }
  /** Pulse broadening by the fibre, ps rms: dispersion times length times spectral width. */
  | { readonly type: "dispersion"; readonly ps: number }
  /** Off: consecutive pulses keep their phase. Clicks look the same, but decoy theory no longer applies. */
  | { readonly type: "phaseRandomisation"; readonly on: boolean }
  /** Jitter of the detectors, 0 to 500 ps rms, and the share of avalanches that the next gate counts, 0 to 0.2. */
  | ({ readonly type: "timingJitter" } & TimingJitter)
  /** Clicks a gate by waiting carriers for each photoelectron a gate, 0 to 0.2. */
  | { readonly type: "chargePersistence"; readonly share: number }
  /** Relative change of the efficiency for each kelvin above -30 degrees Celsius, -0.05 to 0.05. */
  | { readonly type: "efficiencySlope"; readonly perK: number }
  /** Polarisation off the interferometers' axis, -pi/2 to pi/2. */
  | { readonly type: "polarisation"; readonly radian: number }
  /** Bob's clock against Alice's, -100 to 100 ppb, re-centred each 1 ms to 1000 s. */
  | ({ readonly type: "clockDrift" } & ClockDrift)
  /** Phase by which Alice's bit 1 is off in each basis, -1 to 1 radian. */
  | { readonly type: "preparation"; readonly radian: PerBasis }
  /** Bias of the intensity modulator off its working point, -5 to 5 volt at its controller. */
  | { readonly type: "modulatorOffset"; readonly volt: number }
  /** The usual drift and the noise of the meters, or undefined to end both: see `UsualDrift`. */
  | { readonly type: "drift"; readonly clock: DriftClock | undefined };
