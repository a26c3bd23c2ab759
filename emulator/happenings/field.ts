import { checkedSeconds } from "../schema/duration.ts";
import { part, type Schema } from "../schema/schema-parts.ts";

/** One member of a happening: what may stand there, and an example of it. */
export interface Field<T> {
  readonly schema: Schema;
  readonly optional: boolean;
  /** A value that the field takes. */
  readonly sample: T;
  /** Spans of time: what is allowed, seconds; a JSON Schema cannot tell. */
  readonly spanS?: { readonly min: number; readonly max: number };
}

/** A member that may be left out. */
export interface OptionalField<T> extends Field<T> {
  readonly optional: true;
}

/** The members of a happening beside its name and its time. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** A happening's members as a caller writes them. */
export type ValuesOf<F extends Fields> = {
  readonly [K in keyof F as F[K] extends OptionalField<unknown> ? never : K]: F[K]["sample"];
} & {
  readonly [K in keyof F as F[K] extends OptionalField<unknown> ? K : never]?: F[K]["sample"];
};

/** Numbers that a field takes; ends belong to the range unless they are marked open. */
export interface FieldRange {
  readonly min: number;
  readonly max: number;
  readonly openMin?: boolean;
  readonly openMax?: boolean;
  readonly integer?: boolean;
}

function rangeSchema(range: FieldRange): Schema {
  const { min, max, openMin, openMax, integer } = range;
  return {
    type: integer === true ? "integer" : "number",
    [openMin === true ? "exclusiveMinimum" : "minimum"]: min,
    [openMax === true ? "exclusiveMaximum" : "maximum"]: max,
  };
}

const required = <T>(schema: Schema, sample: T): Field<T> => ({ schema, optional: false, sample });

/** Kinds of members. Each says what it is, with its unit; ranges stand here and in `CONTROL_RANGES` alone. */
export const field = {
  number(range: FieldRange, what: string): Field<number> {
    // Off the middle, which is often where nothing happens.
    const inside = (range.min + 3 * range.max) / 4;
    const sample = range.integer === true ? Math.ceil(inside) : inside;
    return required({ ...rangeSchema(range), description: what }, sample);
  },
  choice<const T extends string>(values: readonly [T, ...T[]], what: string): Field<T> {
    return required(part.choice(values, what), values[0]);
  },
  flag: (what: string): Field<boolean> => required(part.flag(what), true),
  name: (what: string): Field<string> => required(part.name(what), "one"),
  line: (what: string, maxLength: number): Field<string> => required(part.line(what, maxLength), "a text"),
  /** A span of time as text with its unit. */
  span(span: { readonly min: number; readonly max: number }, what: string): Field<string> {
    return { ...required(part.duration(what), `${span.min > 0 ? span.min : span.max} s`), spanS: span };
  },
  /** Three numbers: for signal, decoy, vacuum. */
  perIntensity(
    range: FieldRange,
    what: string,
    sample: readonly [number, number, number],
  ): Field<readonly [number, number, number]> {
    return required(part.tuple(rangeSchema(range), 3, what), sample);
  },
  /** Whatever another schema describes. */
  of: required,
  optional: <T>(one: Field<T>): OptionalField<T> => ({ ...one, optional: true }),
} as const;

/** The JSON Schemas of members. */
export function schemasOf(fields: Fields): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]));
}

/** Names of the members that have to be there. */
export function requiredOf(fields: Fields): string[] {
  return Object.entries(fields).flatMap(([name, { optional }]) => (optional ? [] : [name]));
}

/** Whether a span lies where its field allows it. */
export function spanFits({ spanS }: Field<unknown>, text: string): boolean {
  const seconds = checkedSeconds(text);
  return spanS === undefined || (seconds >= spanS.min && seconds <= spanS.max);
}
