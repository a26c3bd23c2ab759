import type { Cohort } from "./cohort.ts";

/** Cohorts that may be under way, and how far the youngest may be ahead of the oldest. */
export interface FlightLimits {
  readonly cohorts: number;
  readonly window: number;
}

/**
 * Limits for as many cohorts: the window is half as long again, so that one slow cohort holds up no other, and yet every
 * cohort knows that all those a window before it are settled.
 */
export function flightLimits(cohorts: number): FlightLimits {
  return { cohorts, window: Math.ceil(1.5 * cohorts) };
}

/** The cohorts that are begun and not settled, in order. */
export class CohortsInFlight {
  readonly #limits: FlightLimits;
  #cohorts: Cohort[] = [];

  constructor(limits: FlightLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#cohorts.length;
  }

  /** Whether the cohort of that number may begin. */
  admits(index: number): boolean {
    const oldest = this.#cohorts[0]?.index ?? index;
    return this.#cohorts.length < this.#limits.cohorts && index - oldest < this.#limits.window;
  }

  add(cohort: Cohort): void {
    this.#cohorts.push(cohort);
  }

  /** Forgets those that are settled by now. */
  shed(): void {
    this.#cohorts = this.#cohorts.filter((cohort) => !cohort.settled);
  }

  clear(): void {
    this.#cohorts = [];
  }
}
