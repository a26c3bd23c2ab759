import type { LinkParameters } from "../../physics/index.ts";
import type { LinkFault, SiteName } from "../link/link-fault.ts";
import type { WireStep } from "./wire-steps.ts";

/** Levels that change at a moment of the timeline. */
export interface LevelStep {
  readonly atS: number;
  readonly levels: readonly LinkFault[];
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
  readonly startsAtOnce: boolean;
  readonly durationS: number;
  readonly longestFrameS: number;
  readonly devices: Readonly<Record<SiteName, DeviceStart>>;
  /** In force from the first gate on. */
  readonly initial: readonly LinkFault[];
  /** In the order of time. */
  readonly levelSteps: readonly LevelStep[];
  readonly wireSteps: readonly WireStep[];
}
