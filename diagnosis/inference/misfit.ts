import { type Departure, deviance } from "./likelihood.ts";

/** Mean and variance of the deviance of a departure that is normal by nature. */
const MEAN = 0.47;
const VARIANCE = 0.33;
/** A fit worse than all but one in some thousand. */
const SIGMAS = 3.5;

/**
 * Whether even the best cause leaves too much unexplained: the deviances of all observables together lie beyond what
 * chance makes of so many.
 */
export function misfits(all: readonly Departure[]): boolean {
  const sum = all.reduce((total, { z }) => total + deviance(z), 0);
  return sum > all.length * MEAN + SIGMAS * Math.sqrt(all.length * VARIANCE);
}
