import { formerNameHint } from "../happenings/former-names.ts";
import { TIMELINE_HAPPENINGS } from "../happenings/timeline-happenings.ts";
import { schemaCheck } from "../schema/schema-check.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIO_SCHEMA } from "./scenario-schema.ts";
import { type ScenarioSource, scenarioError } from "./scenario-source.ts";

const check = schemaCheck(SCENARIO_SCHEMA, {
  events: Object.keys(TIMELINE_HAPPENINGS),
  otherwise: formerNameHint,
});

/**
 * Holds data against the scenario schema.
 * @throws ConfigError QKD_SCENARIO_INVALID naming file, line, field, value and the allowed range.
 */
export function checkScenario(value: unknown, source: ScenarioSource): Scenario {
  const complaint = check(value);
  if (complaint !== undefined) throw scenarioError(source, complaint);
  return value as Scenario;
}
