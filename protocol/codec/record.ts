import type { ByteWriter } from "./byte-writer.ts";
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
  return Array.from({ length: most }, (_, k) => {
    const sample: Record<string, unknown> = {};
    for (const [name, field] of entries)
      sample[name] = field.sampleFor?.(sample) ?? field.samples[k % field.samples.length];
    return sample as RecordOf<F>;
  });
}

/** Writes the fields of a record in wire order, the name of each behind `prefix`. */
export function fieldsWriter(
  fields: Fields,
  prefix = "",
): (writer: ByteWriter, record: Readonly<Record<string, unknown>>) => void {
  const steps = Object.entries(fields).map(([key, field]) => ({ key, name: prefix + key, field }));
  return (writer, record) => {
    for (const { key, name, field } of steps) field.write(writer, name, record[key], record);
  };
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
      for (const [key, field] of Object.entries(fields))
        field.write(writer, `${name}.${key}`, value[key], value);
    },
    rows: (name) => recordRows(fields, `${name}.`),
    samples: recordSamples(fields),
  };
}
