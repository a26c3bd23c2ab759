import { Ajv, type ErrorObject } from "ajv";
import type { Scenario } from "./scenario.ts";
import {
  type Complaint,
  type FieldPath,
  type ScenarioSource,
  scenarioError,
  shown,
} from "./scenario-source.ts";
import { EVENT_NAMES, SCENARIO_SCHEMA } from "./schema/scenario-schema.ts";

const validate = new Ajv({
  allErrors: true,
  discriminator: true,
  verbose: true,
  strictTypes: false,
}).compile<Scenario>(SCENARIO_SCHEMA);

/**
 * Holds data against the scenario schema.
 * @throws ConfigError QKD_SCENARIO_INVALID naming file, line, field, value and the allowed range.
 */
export function checkSchema(value: unknown, source: ScenarioSource): Scenario {
  if (validate(value)) return value;
  throw scenarioError(source, complaintOf(mostTelling(validate.errors ?? [])));
}

/** An unknown name, or no event at all, explains more than the missing field it was meant to be. */
function mostTelling(errors: readonly ErrorObject[]): ErrorObject {
  const byKeyword = (keyword: string) => errors.find((error) => error.keyword === keyword);
  const telling = byKeyword("additionalProperties") ?? byKeyword("discriminator") ?? errors[0];
  if (telling === undefined) throw new TypeError("a refusal without a reason");
  return telling;
}

function complaintOf(error: ErrorObject): Complaint {
  const path = pathOf(error.instancePath);
  const value = error.data;
  const is = `is ${shown(value)}`;
  const { params } = error;
  switch (error.keyword) {
    case "additionalProperties": {
      const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
      return {
        path: [...path, String(params.additionalProperty)],
        says: "is no known field",
        allowed: `one of ${known.join(", ")}`,
      };
    }
    case "required":
      return { path: [...path, String(params.missingProperty)], says: "is missing" };
    case "discriminator":
      return {
        path: [...path, "event"],
        says: params.tagValue === undefined ? "is missing" : `is ${shown(params.tagValue)}`,
        value: params.tagValue,
        allowed: `one of ${EVENT_NAMES.join(", ")}`,
      };
    case "enum":
      return { path, says: is, value, allowed: `one of ${(params.allowedValues as unknown[]).join(", ")}` };
    case "type":
      return { path, says: is, value, allowed: typeInWords(error) };
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return { path, says: is, value, allowed: rangeOf(error.parentSchema ?? {}) };
    case "pattern":
      return { path, says: is, value, allowed: patternInWords(String(params.pattern)) };
    default:
      return { path, says: error.message ?? "is wrong", value };
  }
}

function pathOf(pointer: string): FieldPath {
  const keys = pointer.split("/").slice(1);
  return keys.map((key) => {
    const plain = key.replaceAll("~1", "/").replaceAll("~0", "~");
    return /^\d+$/.test(plain) ? Number(plain) : plain;
  });
}

function rangeOf(schema: Record<string, unknown>): string {
  const ends = [
    ["at least", schema.exclusiveMinimum === undefined ? schema.minimum : undefined],
    ["above", schema.exclusiveMinimum],
    ["at most", schema.exclusiveMaximum === undefined ? schema.maximum : undefined],
    ["below", schema.exclusiveMaximum],
  ] as const;
  return ends
    .filter(([, end]) => end !== undefined)
    .map(([word, end]) => `${word} ${String(end)}`)
    .join(" and ");
}

function typeInWords({ params, parentSchema }: ErrorObject): string {
  const pattern: unknown = parentSchema?.pattern;
  return typeof pattern === "string" ? patternInWords(pattern) : `a value of type ${String(params.type)}`;
}

function patternInWords(pattern: string): string {
  return pattern.includes("ms|s|min|h")
    ? "a number with a unit of time: 250 ms, 10 s, 5 min, 2 h"
    : "up to 64 letters, digits, dots, dashes and underscores";
}
