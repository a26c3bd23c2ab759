import { type Field, type FieldRow, type ValueOf, valueError } from "./field.ts";
import { type Layout, newLayout } from "./layout.ts";

/** Named fields in wire order. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The object that a list of fields describes. */
export type RecordOf<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** Appends every field to a layout, in order. */
export function layoutFields(fields: Fields, target: Layout): void {
  for (const [name, field] of Object.entries(fields)) field.layout(target, name);
}

/** The k-th sample of a record takes the k-th sample of every field, starting over where a field has fewer. */
export function recordSamples<F extends Fields>(fields: F): RecordOf<F>[] {
  const entries = Object.entries(fields);
  const most = Math.max(1, ...entries.map(([, field]) => field.samples.length));
  return Array.from(
    { length: most },
    (_, k) =>
      Object.fromEntries(
        entries.map(([name, field]) => [name, field.samples[k % field.samples.length]]),
      ) as RecordOf<F>,
  );
}

/** Rows of a list of fields, each name behind `prefix`. */
export function recordRows(fields: Fields, prefix = ""): FieldRow[] {
  return Object.entries(fields).flatMap(([name, field]) => field.rows(prefix + name));
}

/** A group of named fields back to back. */
export function record<F extends Fields>(fields: F): Field<RecordOf<F>> {
  return {
    layout(target, name) {
      const inner = newLayout();
      layoutFields(fields, inner);
      target.nest(name, { type: inner });
    },
    write(writer, name, value) {
      if (typeof value !== "object" || value === null) throw valueError(name, "must be an object");
      for (const [key, field] of Object.entries(fields)) field.write(writer, `${name}.${key}`, value[key]);
    },
    rows: (name) => recordRows(fields, `${name}.`),
    samples: recordSamples(fields),
  };
}
