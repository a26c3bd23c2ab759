import type { LinkParameters } from "../../physics/index.ts";
import { asBuilt } from "../model/condition.ts";
import { expectationOf } from "../model/expectation.ts";
import { OBSERVABLE_NAMES, type ObservableName, type ObservableValues } from "../observables/observables.ts";
import { USUAL_DRIFT } from "./usual-drift.ts";

/** How an observable's uncertainty goes beyond that of counting. */
interface Inexactness {
  /** What model and instrument are wrong by on a link that has not changed. */
  readonly least: number;
  /** What the model is wrong by of a change that it foretells. */
  readonly ofChange?: number;
  /** And of the value itself. */
  readonly ofValue?: number;
}

/** Readings by what such instruments resolve and how they age over months; counts by what the closed form leaves out. */
const INEXACT: Readonly<Record<ObservableName, Inexactness>> = {
  signalGain: { least: 0.01, ofChange: 0.03 },
  decoyRatio: { least: 0.004, ofChange: 0.05 },
  vacuumGain: { least: 0.02, ofChange: 0.04 },
  qberZ: { least: 0.0006, ofChange: 0.04 },
  qberX: { least: 0.0006, ofChange: 0.04 },
  doubleClicks: { least: 0.02, ofChange: 0.05, ofValue: 0.015 },
  zeroShare: { least: 0.002, ofChange: 0.05 },
  vacuumZeroShare: { least: 0.01, ofChange: 0.1 },
  mismatchedCorrelation: { least: 0.005, ofChange: 0.1 },
  chargePerClick: { least: 0.01, ofChange: 0.03 },
  clickScatter: { least: 0.01, ofValue: 0.25 },
  errorScatter: { least: 0.001, ofValue: 0.3 },
  deadGatesPerClick: { least: 0.01, ofChange: 0.05 },
  unlikeFrames: { least: 0.005, ofChange: 0.1 },
  classicalDb: { least: 0.1, ofChange: 0.03 },
  litChannels: { least: 0.1 },
  laserDb: { least: 0.04 },
  attenuatorDb: { least: 0.04, ofChange: 0.06 },
  monitorDb: { least: 0.06 },
  modulatorV: { least: 0.03, ofChange: 0.03 },
  detectorC: { least: 0.3, ofChange: 0.05 },
  biasV: { least: 0.03 },
  biasSetV: { least: 0.01 },
  arrivalPs: { least: 4, ofChange: 0.05 },
  afterpulsing: { least: 0.06, ofChange: 0.05 },
};

/** Standard deviation of what each observable moves by under the usual drift of this link, from one moment to another. */
export function usualFloors(link: LinkParameters): ObservableValues {
  const built = asBuilt(link);
  const before = expectationOf(built);
  const moved = USUAL_DRIFT.map(({ moves }) => expectationOf(moves(built)));
  return Object.fromEntries(
    OBSERVABLE_NAMES.map((name) => [
      name,
      Math.hypot(INEXACT[name].least, ...moved.map((after) => after[name] - before[name])),
    ]),
  ) as ObservableValues;
}

/** What the model may be wrong by where it foretells this change to this value. */
export function modelError(name: ObservableName, change: number, value: number): number {
  const { ofChange = 0, ofValue = 0 } = INEXACT[name];
  return Math.hypot(ofChange * change, ofValue * value);
}
