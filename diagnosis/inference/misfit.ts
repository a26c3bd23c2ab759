import { OBSERVABLES } from "../observables/observables.ts";
import { type Departure, deviance } from "./likelihood.ts";

/** Mean and variance of the deviance of a departure that is normal by nature. */
const USUAL = {
  reading: { mean: 0.485, variance: 0.345 },
  counts: { mean: 0.486, variance: 0.384 },
};
/** A fit worse than all but one in some thousand. */
const SIGMAS = 3.5;

/**
 * Whether even the best cause leaves too much unexplained: the deviances of all observables together lie beyond what
 * chance makes of so many.
 */
export function misfits(all: readonly Departure[]): boolean {
  let excess = 0;
  let variance = 0;
  for (const { name, z } of all) {
    const usual = USUAL[OBSERVABLES[name].from];
    excess += deviance(name, z) - usual.mean;
    variance += usual.variance;
  }
  return excess > SIGMAS * Math.sqrt(variance);
}
