import type { Happening } from "./happenings.ts";

/** Whether something begins to happen, or is over because its `for` has passed. */
export type HappeningPhase = "begins" | "ends";

/** Something that happens to an emulated link, told when it does. */
export interface HappeningNews {
  /** Where the scenario's timeline is, seconds; link time without a scenario. */
  readonly atS: number;
  readonly phase: HappeningPhase;
  /** Whether the scenario has it, or a caller of `faults` or of the control port asked for it. */
  readonly by: "scenario" | "caller";
  /** The event with its members, without a timeline's `at`, `every` and `times`. */
  readonly happening: Happening;
}
