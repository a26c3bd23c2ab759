export { LOOK_ALIKES, type LookAlikes } from "./advice/look-alikes.ts";
export type { Baseline } from "./baseline/baseline.ts";
export { type BaselineFile, baselineText, readBaseline } from "./baseline/baseline-text.ts";
export { type LinkSettings, type PulseShares, sharesOfSifted } from "./baseline/fit-link.ts";
export {
  baselineOfLooks,
  type DatedLook,
  type LearningLook,
  learnBaseline,
} from "./baseline/learn-baseline.ts";
export type { CauseDeclaration, CauseKind } from "./causes/cause.ts";
export { CAUSE_NAMES, CAUSES, type CauseName } from "./causes/causes.ts";
export {
  type Doubt,
  type ExplainedCause,
  type ExplainOptions,
  type Explanation,
  explain,
} from "./explain.ts";
export type { Evidence } from "./inference/evidence.ts";
export { changesSince, floorsOf } from "./inference/likelihood.ts";
export { type LookParts, lookAtAll } from "./observables/look-at-all.ts";
export { type LinkCounters, lookAtCounters } from "./observables/look-at-counters.ts";
export { type FrameAgreement, lookAtFrames } from "./observables/look-at-frames.ts";
export { addCounts, type EndCounts, lookAtOneEnd, NO_COUNTS } from "./observables/look-at-one-end.ts";
export { type LinkReadings, lookAtReadings } from "./observables/look-at-readings.ts";
export { joinSifted, lookAtSifted, type SiftedCounts } from "./observables/look-at-sifted.ts";
export {
  type Look,
  OBSERVABLE_NAMES,
  OBSERVABLES,
  type ObservableName,
  type Seen,
} from "./observables/observables.ts";
export {
  CELLS,
  cellOf,
  joinTallies,
  type LinkTally,
  SENT_CLASSES,
  sliceTallies,
} from "./tally/link-tally.ts";
export { type AliceHalf, type BobHalf, type GateList, sameGates, tallyHalves } from "./tally/tally-halves.ts";
export { type FramePlanes, tallyPlanes } from "./tally/tally-planes.ts";
