import type { ObservableName } from "../observables/observables.ts";
import { type Change, deviance } from "./likelihood.ts";

/** Prior of all causes that nobody thought of, relative to the others. */
export const NONE_PRIOR = 1;

/** How far an observable may lie off for a cause that is not in the list. */
const WIDE: Readonly<Record<ObservableName, number>> = {
  signalGain: 0.7,
  decoyRatio: 0.25,
  vacuumGain: 1,
  qberZ: 0.04,
  qberX: 0.04,
  doubleClicks: 5,
  zeroShare: 0.05,
  vacuumZeroShare: 0.15,
  mismatchedCorrelation: 0.1,
  chargePerClick: 0.2,
  clickScatter: 0.1,
  errorScatter: 0.02,
  deadGatesPerClick: 0.5,
  unlikeFrames: 0.3,
  classicalDb: 1.5,
  litChannels: 0.5,
  laserDb: 0.5,
  attenuatorDb: 0.5,
  monitorDb: 0.5,
  modulatorV: 0.5,
  detectorC: 3,
  biasV: 0.3,
  biasSetV: 0.3,
  arrivalPs: 40,
  afterpulsing: 0.5,
};

/** Logarithm of the likelihood where each observable may be anything in a wide band. */
export function noneLikelihood(changes: readonly Change[]): number {
  return changes.reduce((sum, { name, change, sigma }) => {
    const wide = Math.hypot(WIDE[name], sigma);
    return sum - Math.log(wide) - deviance(name, change / wide);
  }, 0);
}
