import type { Baseline } from "../baseline/baseline.ts";
import { modelError, usualFloors } from "../floors/floors.ts";
import {
  type Look,
  OBSERVABLE_NAMES,
  OBSERVABLES,
  type ObservableName,
  type ObservableValues,
} from "../observables/observables.ts";

/** Degrees of freedom of Student's t: an instrument may be wrong for once, counts of thousands of clicks hardly. */
const DEGREES = { reading: 6, counts: 10 };
/** The assumed drift of a link counts as much as so many looks of its own. */
const ASSUMED_LOOKS = 8;

/** A change that was seen, with what is known of its uncertainty whatever caused it. */
export interface Change {
  readonly name: ObservableName;
  readonly change: number;
  readonly sigma: number;
}

/** What changed since a link was learnt: everything that was seen then and now. */
export function changesSince(baseline: Baseline, now: Look): readonly Change[] {
  const floors = floorsOf(baseline);
  return OBSERVABLE_NAMES.flatMap((name) => {
    const [was, is] = [baseline.look[name], now[name]];
    if (was === undefined || is === undefined) return [];
    return [{ name, change: is.value - was.value, sigma: Math.hypot(was.u, is.u, floors[name]) }];
  });
}

/**
 * What each observable moves by on this link while nothing is wrong: the usual drift, and the link's own scatter the more
 * the longer it was watched.
 */
export function floorsOf({ link, scatter, independentLooks }: Baseline): ObservableValues {
  const usual = usualFloors(link);
  const own = Math.max(0, independentLooks - 1);
  // The mean of the looks is itself off by part of one look's drift.
  const apart = 1 + 1 / independentLooks;
  return Object.fromEntries(
    OBSERVABLE_NAMES.map((name) => {
      const assumed = usual[name] ** 2;
      const variance = (ASSUMED_LOOKS * assumed + own * (scatter[name] ?? assumed)) / (ASSUMED_LOOKS + own);
      return [name, Math.sqrt(apart * variance)];
    }),
  ) as ObservableValues;
}

/** How a change stands to what some condition foretells. */
export interface Departure extends Change {
  readonly expected: number;
  /** Difference of seen and expected in standard deviations. */
  readonly z: number;
}

/** Each change beside what a condition foretells, given what the model expects of the link as built and in that condition. */
export function departures(
  changes: readonly Change[],
  built: ObservableValues,
  condition: ObservableValues,
): readonly Departure[] {
  return changes.map((seen) => {
    const expected = condition[seen.name] - built[seen.name];
    const sigma = Math.hypot(seen.sigma, modelError(seen.name, expected, condition[seen.name]));
    return { ...seen, sigma, expected, z: (seen.change - expected) / sigma };
  });
}

/** Logarithm of the likelihood, up to a constant. */
export function logLikelihood(all: readonly Departure[]): number {
  return all.reduce((sum, { name, z, sigma }) => sum - Math.log(sigma) - deviance(name, z), 0);
}

/** What a departure costs: half its square while small, less than that beyond. */
export function deviance(name: ObservableName, z: number): number {
  const degrees = DEGREES[OBSERVABLES[name].from];
  return ((degrees + 1) / 2) * Math.log1p(z ** 2 / degrees);
}
