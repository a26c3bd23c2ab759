import { part, type Schema } from "../schema/schema-parts.ts";
import type { AnyDeclaration } from "./declaration.ts";
import { requiredOf, schemasOf } from "./field.ts";

const lasting = part.duration("ends after this; without it the event stays");
const gradually = part.duration("reached evenly over this time; at once without it");

/** The JSON Schema of one happening, with members that come before its own: the time on a timeline. */
export function happeningSchema(
  declaration: AnyDeclaration,
  time: Readonly<Record<string, Schema>> = {},
  timeRequired: readonly string[] = [],
): Schema {
  const { event, says, fields, lasts, moves } = declaration;
  const own: Record<string, Schema> = { event: { const: event }, ...time, ...schemasOf(fields) };
  if (moves === true) own.over = gradually;
  if (lasts !== undefined && lasts !== "no") own.for = lasting;
  const required = ["event", ...timeRequired, ...requiredOf(fields)];
  if (lasts === "always") required.push("for");
  return part.object(own, required, says);
}

/** One of several happenings, told apart by `event`. */
export function anyOfThem(schemas: readonly Schema[]): Schema {
  return {
    type: "object",
    required: ["event"],
    discriminator: { propertyName: "event" },
    oneOf: schemas,
  };
}
