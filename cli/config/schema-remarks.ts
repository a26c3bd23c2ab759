import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { nearestName } from "../../options/index.ts";
import type { FieldPath, Remark } from "./finding.ts";

/** A remark about the name of a member stands at the name. */
export interface SchemaRemark extends Remark {
  readonly of: "name" | "value";
}

/** What a value breaks of the schema, and what of it is left to be looked at further. */
export interface SchemaReading<Draft> {
  readonly remarks: readonly SchemaRemark[];
  readonly draft: Draft;
}

const MOST_ERRORS = 200;

/** What holds values against a schema; a draft is what is right of one. */
export function schemaReader<Draft>(schema: object): (value: unknown) => SchemaReading<Draft> {
  const validate = new Ajv({ allErrors: true, verbose: true }).compile(schema);
  return (value) => readBySchema(validate, value);
}

function readBySchema<Draft>(validate: ValidateFunction, value: unknown): SchemaReading<Draft> {
  if (validate(value)) return { remarks: [], draft: value as Draft };
  const errors = (validate.errors ?? []).filter(tellsMost).slice(0, MOST_ERRORS);
  const draft = structuredClone(value);
  for (const { keyword, instancePath } of errors)
    if (keyword !== "required" && keyword !== "additionalProperties") leaveOut(draft, pathOf(instancePath));
  const remarks = errors.map(remarkOf);
  const meant = new Set(remarks.flatMap(({ meant }) => (meant === null ? [] : [meant])));
  return {
    remarks: remarks
      .filter(({ missing }) => missing === null || !meant.has(missing))
      .map(({ remark }) => remark),
    draft: (typeof draft === "object" && draft !== null ? draft : {}) as Draft,
  };
}

interface Told {
  readonly remark: SchemaRemark;
  /** The field that an unknown name was meant to be. */
  readonly meant: string | null;
  readonly missing: string | null;
}

/** Of a choice between shapes only the choice is told, not what each shape lacks. */
function tellsMost({ schemaPath }: ErrorObject): boolean {
  return !schemaPath.includes("/anyOf/");
}

function remarkOf(error: ErrorObject): Told {
  const at = pathOf(error.instancePath);
  const remark = (field: FieldPath, wrong: string, remedy: string, of: "name" | "value" = "value") =>
    ({
      level: "error",
      code: "QKD_CONFIG_INVALID",
      field,
      message: `${field.length === 0 ? "the file" : field.join(".")} ${wrong}`,
      remedy,
      of,
    }) as const;
  const told = (value: SchemaRemark): Told => ({ remark: value, meant: null, missing: null });
  if (error.keyword === "additionalProperties") {
    const name = String(error.params.additionalProperty);
    const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
    const nearest = nearestName(name, known);
    const remedy = nearest === null ? `known here: ${known.join(", ")}` : `write ${nearest}`;
    return {
      remark: remark([...at, name], "is not a known field", remedy, "name"),
      meant: nearest === null ? null : [...at, nearest].join("."),
      missing: null,
    };
  }
  if (error.keyword === "required") {
    const field = [...at, String(error.params.missingProperty)];
    return { remark: remark(field, "is missing", "add it"), meant: null, missing: field.join(".") };
  }
  if (error.keyword === "enum") {
    const allowed = (error.params.allowedValues as unknown[]).map(String);
    const nearest = typeof error.data === "string" ? nearestName(error.data, allowed) : null;
    return told(
      remark(
        at,
        `must be one of ${allowed.join(", ")}`,
        nearest === null ? "use one of them" : `write ${nearest}`,
      ),
    );
  }
  if (error.keyword === "anyOf") return told(remark(at, "must be a text or a list of texts", "give one"));
  if (error.keyword === "minProperties" || error.keyword === "maxProperties")
    return told(
      remark(at, "must say exactly one of fingerprint, commonName, name, san, serial", "give one of them"),
    );
  return told(remark(at, error.message ?? "is invalid", "correct the value"));
}

function pathOf(pointer: string): (string | number)[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function leaveOut(top: unknown, path: FieldPath): void {
  let at = top;
  for (const step of path.slice(0, -1)) at = (at as Record<string, unknown> | undefined)?.[step];
  const last = path.at(-1);
  if (typeof at !== "object" || at === null || last === undefined) return;
  // An entry of a list keeps its number.
  if (Array.isArray(at)) at[Number(last)] = {};
  else delete (at as Record<string, unknown>)[last];
}
