import type { AllowedRange } from "../../physics/index.ts";

type Range = AllowedRange & { readonly min: number; readonly max: number };

/** Values that the optics take, by the control that sets them; those of the link itself stand in `checkLinkParameters`. */
export const CONTROL_RANGES = {
  fibreLossDb: { min: 0, max: 200 },
  laserPower: { min: 0, max: 10 },
  detectorBiasV: { min: 0, max: 6 },
  biasResistorOhm: { min: 0, max: 1e7 },
  detectorTemperatureC: { min: -80, max: 40 },
  visibility: { min: 0, max: 1 },
  phaseErrorRad: { min: -Math.PI, max: Math.PI },
  relaxationPerS: { min: 0, max: 1e4 },
  diffusionRadPerSqrtS: { min: 0, max: 100 },
  intensityJitter: { min: 0, max: 0.3 },
  patternEffect: { min: -0.5, max: 0.5 },
  /** Of pulses, and probabilities of Eve's choices. */
  share: { min: 0, max: 1 },
  blindingLightMw: { min: 0.01, max: 100 },
  perGate: { min: 0, max: 1, openMax: true },
  delayPs: { min: -500, max: 500 },
  gateSettingPs: { min: -1000, max: 1000 },
  /** A turn and a little more, so that a setting can go round. */
  phaseSettingRad: { min: -3.2, max: 3.2 },
  darkFactor: { min: 0, max: 1000 },
  afterpulseFactor: { min: 0, max: 20 },
  dbPerDb: { min: 0.5, max: 1.5 },
  slipGates: { min: 0, max: 1000, integer: true },
  biasTrimV: { min: -3, max: 3 },
  trojanLightDbm: { min: -120, max: 30 },
  jitterPs: { min: 0, max: 500 },
  /** Of photoelectrons that click a gate late. */
  lateShare: { min: 0, max: 0.2 },
  efficiencyPerK: { min: -0.05, max: 0.05 },
  polarisationRad: { min: -Math.PI / 2, max: Math.PI / 2 },
  clockPpb: { min: -100, max: 100 },
  recentreS: { min: 1e-3, max: 1000 },
  preparationRad: { min: -1, max: 1 },
  modulatorOffsetV: { min: -5, max: 5 },
  dispersionPs: { min: 0, max: 1000 },
} as const satisfies Readonly<Record<string, Range>>;
