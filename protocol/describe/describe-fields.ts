import { checkArgument, rule } from "../../options/index.ts";
import type { FieldRow } from "../codec/field.ts";
import { SecretBytes } from "../secret-bytes.ts";
import { byteCount } from "./byte-count.ts";
import { quoted } from "./quoted.ts";
import { unitOf } from "./unit-of.ts";

/** Items of a list that are shown one by one; of the others only their number. */
const SHOWN_ITEMS = 8;
/** Longest bytes that are shown as hexadecimal digits. */
const SHOWN_BYTES = 32;

const ROWS = rule.list(rule.like({ name: rule.anyText("a name"), type: rule.anyText("a type") }, "a row"));

/**
 * The fields of a message in words, one line each: name as in the SPEC, value, unit. Bytes are shown only where the
 * declaration has them as plain bytes: redacted fields and whatever has no row are told by their length, planes by
 * their bits.
 */
export function describeFields(rows: readonly FieldRow[], value: object): string[] {
  checkArgument("rows", rows, ROWS);
  checkArgument("value", value, rule.anyObject);
  return describeRecord(new Map(rows.map((row) => [row.name, row])), value, "", "");
}

type Rows = ReadonlyMap<string, FieldRow>;

/** `path` leads to the rows, `shown` to the reader: the one names a list's items alike, the other by number. */
function describeRecord(rows: Rows, record: object, path: string, shown: string): string[] {
  return Object.entries(record).flatMap(([key, value]): string[] => {
    const row = rows.get(path + key);
    const name = shown + key;
    if (row?.redacted === true) return [`${name}: ${lengthOf(value)} not shown`];
    if (Array.isArray(value)) return describeList(rows, value, path + key, name);
    if (value instanceof SecretBytes) return [`${name}: ${value}`];
    if (value instanceof Uint8Array) return [`${name}: ${bytesText(row, value, record)}`];
    if (typeof value === "object" && value !== null)
      return describeRecord(rows, value, `${path + key}.`, `${name}.`);
    return [`${name}: ${plainText(value, unitOf(key))}`];
  });
}

function describeList(rows: Rows, items: readonly unknown[], path: string, name: string): string[] {
  if (items.every((item) => typeof item !== "object")) {
    const unit = unitOf(name);
    return [
      `${name}: ${items.length === 0 ? "none" : items.map((item) => plainText(item, unit)).join(", ")}`,
    ];
  }
  const lines = items
    .slice(0, SHOWN_ITEMS)
    .flatMap((item, index) => describeRecord(rows, Object(item), `${path}[].`, `${name}[${index}].`));
  const more = items.length - SHOWN_ITEMS;
  return more > 0 ? [...lines, `${name}: ${more} more`] : lines;
}

function bytesText(row: FieldRow | undefined, bytes: Uint8Array, record: object): string {
  const count = /^plane\[(\w+)\]$/.exec(row?.type ?? "")?.[1];
  if (count !== undefined) return `${(record as Record<string, unknown>)[count]} bits`;
  if (row === undefined || bytes.length > SHOWN_BYTES) return byteCount(bytes.length);
  return bytes.length === 0
    ? "empty"
    : Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function plainText(value: unknown, unit: string): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number" || typeof value === "bigint")
    return unit === "" ? `${value}` : `${value} ${unit}`;
  return quoted(String(value));
}

function lengthOf(value: unknown): string {
  const { length } = value as { readonly length?: number };
  return length === undefined ? "a value" : byteCount(length);
}
