import type { LinkTally } from "../tally/link-tally.ts";
import { type FrameAgreement, lookAtFrames } from "./look-at-frames.ts";
import { type LinkReadings, lookAtReadings } from "./look-at-readings.ts";
import { lookAtTallies } from "./look-at-tallies.ts";
import type { Look } from "./observables.ts";

/** What was collected of a link over some time: counts in the order of time, readings, and how frames matched. */
export interface LookParts {
  readonly slices: readonly LinkTally[];
  readonly readings: readonly LinkReadings[];
  readonly frames: FrameAgreement;
}

/** Everything that was collected, as observables. @throws ConfigError QKD_PHYSICS_RANGE for a clock that is none. */
export function lookAtAll({ slices, readings, frames }: LookParts, clockHz: number): Look {
  return { ...lookAtTallies(slices, clockHz), ...lookAtReadings(readings), ...lookAtFrames(frames) };
}
