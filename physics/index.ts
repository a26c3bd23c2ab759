export { binaryEntropy } from "./binary-entropy.ts";
export type { BoundName } from "./bound-name.ts";
export { checkLinkParameters } from "./check-link.ts";
export {
  nanometresOfTerahertz,
  photonEnergyJ,
  terahertzOfNanometres,
} from "./constants.ts";
export { lossOfTransmittance, transmittanceOfLoss, wattsOfDbm } from "./decibel.ts";
export * from "./decoy/index.ts";
export {
  type AttackSignature,
  type BlindingSignature,
  blindingSignature,
  interceptResendSignature,
  type PhotonNumberSplitting,
  photonNumberSplittingSignature,
} from "./eavesdroppers.ts";
export { expectedCounts, expectedLeakBits, gatesForBlock } from "./expected-counts.ts";
export {
  type FiniteKeyInput,
  type FiniteKeyLength,
  finiteKeyLength,
  STATISTICAL_LIMITS,
} from "./finite-key.ts";
export { type GateReceiver, type GateResponse, gateResponse } from "./gate-response.ts";
export {
  arrivalAtGates,
  GATE_VARIANCE_PS2,
  type GateTiming,
  gateSensitivity,
  linkThroughGates,
  PULSE_VARIANCE_PS2,
} from "./gate-window.ts";
export {
  misalignmentAtPhase,
  misalignmentOfVisibility,
  misalignmentUnderDrift,
  type PhaseDrift,
  stationaryPhaseRad,
} from "./interferometer.ts";
export {
  idealDecoyBitsPerPulse,
  infiniteDecoyRateBps,
  plobBitsPerPulse,
  saturatedClicksPerS,
} from "./limits.ts";
export type { LinkCounts } from "./link-counts.ts";
export type * from "./link-parameters.ts";
export { type LinkPrediction, matchProbabilities, predictLink } from "./link-prediction.ts";
export { LINK_RULES } from "./link-rules.ts";
export * from "./multiplexing/index.ts";
export { type OptimisedSource, optimiseSource } from "./optimise-source.ts";
export { perIntensity } from "./per-intensity.ts";
export { type PhotonNumberYield, photonNumberYield } from "./photon-number-yields.ts";
export * from "./presets/index.ts";
export { type AllowedRange, requireInRange } from "./range.ts";
export {
  inverseLowerGamma,
  inverseUpperGamma,
  logGamma,
  logIncompleteBeta,
  logIncompleteGamma,
} from "./special/index.ts";
