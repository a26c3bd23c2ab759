import { ConfigError, QkdError } from "../../errors/index.ts";
import { type Complaint, type FieldPath, fieldName, shown } from "../schema/complaint.ts";

/** Where a scenario comes from, so that errors can point there. */
export interface ScenarioSource {
  /** File name, or what the scenario is called where it is no file. */
  readonly name: string;
  /** Line of a field, counted from one; undefined where the source has no lines. */
  lineOf(path: FieldPath): number | undefined;
}

/** A scenario that was handed over as an object. */
export const OBJECT_SOURCE: ScenarioSource = { name: "scenario", lineOf: () => undefined };

/** The error QKD_SCENARIO_INVALID for a field: names file, line, field, value and what is allowed. */
export function scenarioError(source: ScenarioSource, complaint: Complaint): ConfigError {
  const { path, says, value, allowed, cause } = complaint;
  const line = source.lineOf(path);
  const field = fieldName(path);
  const place = line === undefined ? source.name : `${source.name}:${line}`;
  const wanted = allowed === undefined ? "" : `, allowed is ${allowed}`;
  return new ConfigError("QKD_SCENARIO_INVALID", `${place}: ${field || "the scenario"} ${says}${wanted}`, {
    context: {
      file: source.name,
      field,
      ...(line === undefined ? {} : { line }),
      ...(value === undefined ? {} : { value: shown(value) }),
      ...(allowed === undefined ? {} : { allowed }),
    },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Runs a check of physics and turns its refusal into one that points at the scenario. */
export function blaming<T>(source: ScenarioSource, pathOf: (field: string) => FieldPath, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof QkdError) || error.code === "QKD_SCENARIO_INVALID") throw error;
    const { field, value, allowed } = error.context;
    const says = field === undefined ? error.message : `is ${String(value)}`;
    throw scenarioError(source, {
      path: pathOf(String(field ?? "")),
      says,
      cause: error,
      ...(value === undefined ? {} : { value }),
      ...(allowed === undefined ? {} : { allowed: String(allowed) }),
    });
  }
}
