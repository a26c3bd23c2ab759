import type { Schema } from "../schema/schema-parts.ts";
import type { AnyDeclaration } from "./declaration.ts";
import { end } from "./end.ts";
import type { Field } from "./field.ts";
import { HAPPENINGS } from "./happenings.ts";

/** Which happenings a table of the documents lists. */
export type TableOf = "timeline" | "running link";

const HEAD = ["| event | what happens | members |", "|---|---|---|"];

/** The table of the documents: name, what happens, members with their ranges and units. */
export function happeningTable(which: TableOf): string {
  const all: readonly AnyDeclaration[] = Object.values(HAPPENINGS);
  const listed = all.filter(({ liveOnly }) => (liveOnly === true) === (which === "running link"));
  return [...HEAD, ...listed.map(row)].join("\n");
}

function row({ event, says, fields, moves, lasts }: AnyDeclaration): string {
  const own = Object.entries(fields).map(
    ([name, one]) => `\`${name}\`${one.optional ? "?" : ""} ${inWords(one)}`,
  );
  if (moves === true) own.push("`over`?");
  if (lasts === "maybe") own.push("`for`?");
  if (lasts === "always") own.push("`for`");
  return `| \`${event}\` | ${says} | ${own.join("<br>").replaceAll("|", "\\|")} |`;
}

function inWords({ schema, spanS }: Field<unknown>): string {
  const what = String(schema.description);
  if (schema === end.fields.of.schema) return what;
  const range =
    spanS === undefined
      ? rangeInWords((schema.items as Schema | undefined) ?? schema)
      : `${spanS.min} s to ${spanS.max} s`;
  return range === "" ? what : `${what} (${range})`;
}

function rangeInWords(schema: Schema): string {
  if (Array.isArray(schema.enum)) return schema.enum.join(", ");
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  if (minimum === undefined && exclusiveMinimum === undefined) return "";
  const low = minimum ?? `above ${String(exclusiveMinimum)}`;
  const high = maximum ?? `below ${String(exclusiveMaximum)}`;
  return `${shortNumber(low)} to ${shortNumber(high)}`;
}

/** Without the digits of an irrational end. */
const shortNumber = (value: unknown): string =>
  typeof value === "number" ? String(Number(value.toPrecision(8))) : String(value);
