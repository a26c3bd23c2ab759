import type { PlainValue } from "../../../capture/index.ts";
import { COMMANDS, EVENTS, errorReply, type FieldRow, PEER_MESSAGES } from "../../../protocol/index.ts";

/** Values of a message by field, without the numbers of list items, in the order of the message. */
export type Values = Readonly<Record<string, readonly string[]>>;

/** Rows of whatever message has that name, its request and its reply. */
export function rowsOf(kind: string, name: string): readonly FieldRow[] {
  if (kind === "error") return errorReply.rows;
  if (kind === "event") return Object.entries(EVENTS).find(([one]) => one === name)?.[1].event.rows ?? [];
  const command = Object.entries(COMMANDS).find(([one]) => one === name)?.[1];
  if (command !== undefined) return (kind === "request" ? command.request : command.reply).rows;
  return PEER_MESSAGES.find((message) => message.name === name)?.rows ?? [];
}

/** What our decoder says of a message, as the dissector would say it. */
export function ownValues(
  rows: readonly FieldRow[],
  fields: { readonly [name: string]: PlainValue },
): Values {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const values: Record<string, string[]> = {};
  const add = (path: string, value: string) => {
    values[path] = [...(values[path] ?? []), value];
  };
  const visit = (value: PlainValue, path: string): void => {
    const row = byName.get(path);
    const name = path.replaceAll("[]", "");
    const allowed = row?.allowed;
    if (value === null) return;
    if (allowed !== undefined && "bits" in allowed && Array.isArray(value)) {
      add(name, String(value.reduce<number>((sum, bit) => sum + 2 ** allowed.bits.indexOf(String(bit)), 0)));
      return;
    }
    if (Array.isArray(value)) {
      for (const item of value as readonly PlainValue[])
        visit(item, byName.has(`${path}[]`) ? `${path}[]` : listed(byName, path));
      return;
    }
    if (typeof value === "object") {
      const { redactedBytes } = value as { readonly redactedBytes?: number };
      if (redactedBytes !== undefined) add(name, String(redactedBytes));
      else
        for (const [key, member] of Object.entries(value))
          visit(member, path === "" ? key : `${path}.${key}`);
      return;
    }
    if (typeof value === "boolean") add(name, value ? "1" : "0");
    else if (allowed !== undefined && "names" in allowed) add(name, String(allowed.names[String(value)]));
    else
      add(
        row?.type.startsWith("f64 or text16") && typeof value === "string" ? `${name}Text` : name,
        String(value),
      );
  };
  visit(fields, "");
  return values;
}

/** A list of plain values has one row, under its own name; one of records has a row for each member. */
function listed(rows: ReadonlyMap<string, FieldRow>, path: string): string {
  return / of /.test(rows.get(path)?.type ?? "") ? path : `${path}[]`;
}

/** What the dissector says of a message. */
export function dissectedValues(layer: unknown, name: string): Values {
  const prefix = `qkdlink.${name}.`;
  const values: Record<string, string[]> = {};
  const visit = (node: unknown): void => {
    for (const [key, value] of Object.entries(node as object)) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (typeof one === "object" && one !== null) visit(one);
        else if (key.startsWith(prefix)) {
          const path = key.slice(prefix.length);
          values[path] = [...(values[path] ?? []), String(one)];
        }
      }
    }
  };
  visit(layer);
  return values;
}

/** Tshark tells a double with 15 digits. */
const TOLERANCE = 1e-14;

/** Whether two values of a field say the same. */
export function sameValue(own: string, theirs: string, path: string, row: FieldRow | undefined): boolean {
  const type = row?.type ?? "";
  if (own === theirs) return true;
  if (/bytes/.test(type) && row?.redacted !== true)
    return own === theirs.replaceAll(":", "") || (own === "" && /^(<MISSING>)?$/.test(theirs));
  // A C string ends at its first zero.
  if (!type.includes("f64") || /Text$/.test(path))
    return type.includes("text") && own.split("\0")[0] === theirs;
  const [a, b] = [Number(own), Number(theirs)];
  return Math.abs(a - b) <= TOLERANCE * Math.abs(a);
}
