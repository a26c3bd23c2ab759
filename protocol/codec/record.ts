import type { ByteWriter } from "./byte-writer.ts";
import { type Field, type FieldRow, type Siblings, type ValueOf, valueError } from "./field.ts";
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

/** Writes a record's fields in wire order. */
export type RecordWriter = (writer: ByteWriter, record: Siblings) => void;

/**
 * The writer of a list of fields, generated like the reader: a loop over fields costs twice as much in a message of
 * many small records. Only names of the declaration enter the source.
 */
export function fieldsWriter(fields: Fields): RecordWriter {
  const entries = Object.entries(fields);
  const names = entries.map((_, index) => `field${index}`).join(", ");
  const lines = entries.map(([key], index) => {
    const name = JSON.stringify(key);
    return `field${index}.write(writer, ${name}, record[${name}], record);`;
  });
  const generate = new Function(
    "fields",
    `const [${names}] = fields; return (writer, record) => {${lines.join("")}};`,
  );
  return generate(entries.map(([, field]) => field));
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
