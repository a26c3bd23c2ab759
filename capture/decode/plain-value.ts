import { type FieldRow, SecretBytes } from "../../protocol/index.ts";

/** A value as JSON can carry it. */
export type PlainValue =
  | number
  | string
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue };

/**
 * The fields of a message as JSON: numbers, whole ones beyond 2^53 as text; names of choices; bytes as hexadecimal digits. What
 * its declaration redacts, and planes, are told by their length alone: `{"redactedBytes": 16}`.
 */
export function plainFields(
  rows: readonly FieldRow[],
  message: object,
): { readonly [name: string]: PlainValue } {
  return record(new Map(rows.map((row) => [row.name, row])), message, "");
}

type Rows = ReadonlyMap<string, FieldRow>;

function record(rows: Rows, message: object, path: string): { [name: string]: PlainValue } {
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, plain(rows, value, `${path}${name}`)]),
  );
}

function plain(rows: Rows, value: unknown, path: string): PlainValue {
  const row = rows.get(path);
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "bigint")
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
  if (value instanceof SecretBytes) return { redactedBytes: value.length };
  if (value instanceof Uint8Array)
    return row === undefined || row.redacted === true || row.type.startsWith("plane")
      ? { redactedBytes: value.length }
      : hex(value);
  if (Array.isArray(value)) return value.map((item) => plain(rows, item, `${path}[]`));
  return record(rows, value as object, `${path}.`);
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
