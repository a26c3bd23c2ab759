import type { LinkPlan } from "../../commissioning/index.ts";
import { planOf, readFibrePlan } from "../plan/fibre-plan-file.ts";

/** A plan with the text that it was read from. */
export interface ReadPlan {
  readonly plan: LinkPlan;
  readonly text: string;
}

/** Reads a plan file. ConfigError with file, line and column of the first mistake. */
export function readPlan(path: string): ReadPlan {
  const reading = readFibrePlan(path);
  return { plan: planOf(reading), text: reading.text };
}
