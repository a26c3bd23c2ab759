export {
  ALL_INTENSITIES_FORM,
  type AsymptoticForm,
  type AsymptoticRate,
  asymptoticRate,
  T12_FORM,
} from "./asymptotic-rate.ts";
export {
  type ConfidenceLimits,
  clopperPearsonLimits,
  garwoodLimits,
  rateLimits,
} from "./confidence-limits.ts";
export { type DistillationPlan, type FiniteRate, finiteRate } from "./finite-rate.ts";
export type { KeyLength, KeyLengthRequest } from "./key-length-request.ts";
export { type DeviationForm, lim2014KeyLength } from "./lim2014.ts";
export { rusca2018KeyLength } from "./rusca2018.ts";
export {
  exactly,
  type Interval,
  type SinglePhotonBounds,
  singlePhotonBounds,
} from "./single-photon-bounds.ts";
export { type T12KeyLength, t12KeyLength } from "./t12.ts";
