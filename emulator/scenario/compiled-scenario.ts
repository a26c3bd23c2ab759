import type { LinkParameters } from "../../physics/index.ts";
import type { Level } from "../happenings/link-state/level.ts";
import type { Change, LinkPlan, LinkState } from "../happenings/link-state/link-state.ts";
import type { SiteName } from "../happenings/site-name.ts";
import type { Moment } from "./moments.ts";
import type { WireStep } from "./wire-steps.ts";

/** Levels that change at a moment of the timeline. */
export interface LevelStep {
  readonly atS: number;
  readonly levels: readonly Level[];
  /** The same as a change of the link's state, for what happens to a running link beside its scenario. */
  readonly change: Change;
}

/** What a device is told before it starts. */
export interface DeviceStart {
  readonly serial: string | undefined;
  readonly ambientC: number;
  /** Parameters that differ from the usual ones. */
  readonly parameters: Readonly<Partial<Record<"detectorTemperatureC" | "detectorBiasV", number>>>;
}

/** A scenario as the link plays it: checked, with every moment worked out. */
export interface CompiledScenario {
  readonly name: string;
  readonly title: string;
  readonly seed: bigint;
  readonly link: LinkParameters;
  readonly plan: LinkPlan;
  /** The link's state at the first gate. */
  readonly start: LinkState;
  readonly drift: "usual" | "none" | undefined;
  readonly startsAtOnce: boolean;
  readonly durationS: number;
  readonly longestFrameS: number;
  readonly devices: Readonly<Record<SiteName, DeviceStart>>;
  /** In force from the first gate on. */
  readonly initial: readonly Level[];
  /** In the order of time. */
  readonly levelSteps: readonly LevelStep[];
  readonly wireSteps: readonly WireStep[];
  /** When events begin and end, for whoever wants to be told. */
  readonly moments: readonly Moment[];
}
