import { type Field, type FieldRow, valueError } from "./field.ts";
import { type Layout, newLayout } from "./layout.ts";
import {
  type Fields,
  fieldsWriter,
  layoutFields,
  type RecordOf,
  recordRows,
  recordSamples,
} from "./record.ts";

function itemLayout<T>(item: Field<T>): Layout {
  const inner = newLayout();
  item.layout(inner, "item");
  return inner;
}

const unwrap = (raw: readonly { item: unknown }[]): unknown[] => raw.map((entry) => entry.item);

function rowsOf<T>(item: Field<T>, name: string, type: string, meaning: string): FieldRow[] {
  const rows = item.rows(`${name}[]`);
  const first = rows[0];
  if (rows.length === 1 && first !== undefined && first.name === `${name}[]`)
    return [{ ...first, name, type: `${type} of ${first.type}`, meaning }];
  return [{ name, type, meaning }, ...rows];
}

/** Up to 65,535 items behind a 16-bit count. */
export function list<T>(item: Field<T>, meaning: string): Field<readonly T[]> {
  return {
    layout(target, name) {
      const inner = newLayout();
      inner.uint16be("count");
      inner.array("items", { length: "count", type: itemLayout(item), formatter: unwrap });
      target.nest(name, { type: inner, formatter: (raw: { items: unknown[] }) => raw.items });
    },
    write(writer, name, value, siblings) {
      if (!Array.isArray(value) || value.length > 0xffff)
        throw valueError(name, "must be a list of at most 65535 items");
      writer.u16(value.length);
      for (const entry of value as readonly T[]) item.write(writer, `${name}[]`, entry, siblings);
    },
    rows: (name) => rowsOf(item, name, "list16", meaning),
    samples: [item.samples, [], item.samples.slice(0, 1)],
  };
}

/** Exactly `length` items, no count on the wire. */
export function fixedList<T>(item: Field<T>, length: number, meaning: string): Field<readonly T[]> {
  return {
    layout: (target, name) => target.array(name, { length, type: itemLayout(item), formatter: unwrap }),
    write(writer, name, value, siblings) {
      if (!Array.isArray(value) || value.length !== length)
        throw valueError(name, `must be a list of ${length} items`);
      for (const entry of value as readonly T[]) item.write(writer, `${name}[]`, entry, siblings);
    },
    rows: (name) => rowsOf(item, name, `list[${length}]`, meaning),
    samples: item.samples.map((_, start) =>
      Array.from({ length }, (_, index) => item.samples[(start + index) % item.samples.length] as T),
    ),
  };
}

/** Records one after the other to the end of the message, which this field therefore closes. */
export function recordsToEnd<F extends Fields>(
  fields: F,
  most: number,
  meaning: string,
): Field<readonly RecordOf<F>[]> {
  const write = fieldsWriter(fields);
  const check = (name: string, count: number): void => {
    if (count > most) throw valueError(name, `must be at most ${most} records`);
  };
  return {
    layout(target, name) {
      const inner = newLayout();
      layoutFields(fields, inner);
      target.array(name, {
        readUntil: "eof",
        type: inner,
        formatter: (raw: readonly unknown[]) => {
          check(name, raw.length);
          return raw;
        },
      });
    },
    write(writer, name, value) {
      if (!Array.isArray(value)) throw valueError(name, "must be a list");
      check(name, value.length);
      for (const entry of value as readonly RecordOf<F>[]) write(writer, entry);
    },
    rows: (name) => [
      {
        name,
        type: "records",
        meaning: `${meaning}, to the end of the message, at most ${most}`,
        allowed: { most },
      },
      ...recordRows(fields, `${name}[].`),
    ],
    samples: [recordSamples(fields), [], recordSamples(fields).slice(0, 1)],
  };
}

/** A value that may be absent, read as null: one byte 0 or 1, then the value if it was 1. */
export function optional<T>(item: Field<T>, meaning: string): Field<T | null> {
  return {
    layout(target, name) {
      const inner = newLayout();
      inner.uint8("present", {
        formatter: (raw: number) => {
          if (raw > 1) throw valueError(name, "must start with 0 or 1");
          return raw;
        },
      });
      inner.array("items", { length: "present", type: itemLayout(item), formatter: unwrap });
      target.nest(name, { type: inner, formatter: (raw: { items: unknown[] }) => raw.items[0] ?? null });
    },
    write(writer, name, value, siblings) {
      writer.u8(value === null ? 0 : 1);
      if (value !== null) item.write(writer, name, value, siblings);
    },
    rows: (name) => rowsOf(item, name, "optional", meaning),
    samples: [...item.samples, null],
  };
}
