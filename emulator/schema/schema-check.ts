import { Ajv, type ErrorObject } from "ajv";
import { InternalError } from "../../errors/index.ts";
import { nearestName } from "../../options/index.ts";
import { type Complaint, type FieldPath, shown } from "./complaint.ts";
import { LINE_PATTERN, type Schema } from "./schema-parts.ts";

/** What is wrong with a value, or undefined where it has the form. */
export type SchemaCheck = (value: unknown) => Complaint | undefined;

/** What a form knows beyond its JSON Schema. */
export interface FormWords {
  /** Names that the member `event` may have; a slip of the pen is told the nearest one. */
  readonly events: readonly string[];
  /** What is to be said of an event of another name, such as the one it has now. */
  readonly otherwise?: (event: string) => string | undefined;
}

/** Compiles a form once; the check then takes any value, also what a stranger sent. */
export function schemaCheck(schema: Schema, words: FormWords): SchemaCheck {
  const validate = new Ajv({
    allErrors: true,
    discriminator: true,
    verbose: true,
    strictTypes: false,
  }).compile(schema);
  return (value) => (validate(value) ? undefined : complaintOf(mostTelling(validate.errors ?? []), words));
}

/** An unknown name, or no event at all, explains more than the missing field it was meant to be. */
function mostTelling(errors: readonly ErrorObject[]): ErrorObject {
  const byKeyword = (keyword: string) => errors.find((error) => error.keyword === keyword);
  const telling = byKeyword("additionalProperties") ?? byKeyword("discriminator") ?? errors[0];
  if (telling === undefined) throw new InternalError("QKD_INTERNAL", "a refusal without a reason");
  return telling;
}

function complaintOf(error: ErrorObject, words: FormWords): Complaint {
  const path = pathOf(error.instancePath);
  const value = error.data;
  const is = `is ${shown(value)}`;
  const { params } = error;
  switch (error.keyword) {
    case "additionalProperties": {
      const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
      const name = String(params.additionalProperty);
      return {
        path: [...path, shown(name)],
        says: `is no known field${meant(name, known)}`,
        allowed: `one of ${known.join(", ")}`,
      };
    }
    case "required":
      return { path: [...path, String(params.missingProperty)], says: "is missing" };
    case "discriminator": {
      const { tagValue } = params;
      const allowed = `one of ${words.events.join(", ")}`;
      if (tagValue === undefined) return { path: [...path, "event"], says: "is missing", allowed };
      const hint =
        typeof tagValue === "string" ? (words.otherwise?.(tagValue) ?? meant(tagValue, words.events)) : "";
      return { path: [...path, "event"], says: `is ${shown(tagValue)}${hint}`, value: tagValue, allowed };
    }
    case "enum":
      return { path, says: is, value, allowed: `one of ${(params.allowedValues as unknown[]).join(", ")}` };
    case "type": {
      // NaN and infinities are numbers for the language, but for no form.
      const outOfRange = typeof value === "number" && !Number.isFinite(value);
      // A number in quotation marks would be shown as one.
      const says = typeof value === "string" ? `is "${shown(value)}"` : is;
      return { path, says, value, allowed: typeInWords(error), outOfRange };
    }
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return { path, says: is, value, allowed: rangeOf(error.parentSchema ?? {}), outOfRange: true };
    case "pattern":
      return { path, says: is, value, allowed: patternInWords(String(params.pattern)) };
    default:
      return { path, says: error.message ?? "is wrong", value };
  }
}

function meant(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? "" : ` (did you mean ${nearest}?)`;
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
  if (pattern === LINE_PATTERN) return "one line of text";
  return pattern.includes("ms|s|min|h")
    ? "a number with a unit of time: 250 ms, 10 s, 5 min, 2 h"
    : "up to 64 letters, digits, dots, dashes and underscores";
}
