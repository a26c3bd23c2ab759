import type { Field } from "./field.ts";

/** A field whose bytes are never shown in words: printed as their number alone. */
export function redacted<T>(field: Field<T>): Field<T> {
  return { ...field, rows: (name) => field.rows(name).map((row) => ({ ...row, redacted: true })) };
}
