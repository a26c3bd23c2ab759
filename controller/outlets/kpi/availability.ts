import type { SecondClass } from "./second.ts";

/** Whether the link counts as available, and the seconds that still wait to be told which they are. */
export interface Availability {
  readonly available: boolean;
  readonly waiting: readonly SecondClass[];
}

/** Seconds that count from now on. */
export interface Counted {
  readonly es: number;
  readonly ses: number;
  readonly uas: number;
}

export const AVAILABLE: Availability = { available: true, waiting: [] };
const NOTHING: Counted = { es: 0, ses: 0, uas: 0 };

/** Seconds in a row that turn the one state into the other; they belong to the new one (as in ITU-T G.826, Annex A). */
const RUN = 10;

/**
 * Counts one second. Ten severely errored seconds in a row begin unavailable time, ten others end it; errored seconds are
 * counted in available time alone. A second counts when it is known which time it belongs to, at most ten seconds late.
 */
export function availabilityStep(state: Availability, second: SecondClass): [Availability, Counted] {
  const { available } = state;
  const turns = (second === "severe") === available;
  const waiting = [...state.waiting, second];
  if (!turns) return [{ available, waiting: [] }, count(waiting, available)];
  if (waiting.length < RUN) return [{ available, waiting }, NOTHING];
  return [{ available: !available, waiting: [] }, count(waiting, !available)];
}

function count(seconds: readonly SecondClass[], available: boolean): Counted {
  if (!available) return { es: 0, ses: 0, uas: seconds.length };
  const ses = seconds.filter((second) => second === "severe").length;
  return { es: seconds.filter((second) => second !== "clean").length, ses, uas: 0 };
}
