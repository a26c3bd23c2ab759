import type { AllowedValues, FieldRow } from "../../protocol/index.ts";
import { LuaCode, type LuaTable, type LuaValue } from "./lua-text.ts";

/** A field that Wireshark knows by name. */
export interface ProtoField {
  /** By which it is filtered: `qkdlink.status.uptimeMs`. */
  readonly filter: string;
  /** Function of `ProtoField` that makes it. */
  readonly kind:
    | "uint8"
    | "uint16"
    | "uint32"
    | "uint64"
    | "int32"
    | "float"
    | "double"
    | "bytes"
    | "string"
    | "none";
  readonly label: string;
  readonly names?: Readonly<Record<string, number>>;
}

/** Gathers the fields of all messages; the same filter with the same kind is one field. */
export class ProtoFields {
  readonly #fields = new Map<string, ProtoField>();

  /** Lua source that names the field. */
  field(field: ProtoField): LuaCode {
    let { filter } = field;
    for (
      let twin = this.#fields.get(filter);
      twin !== undefined && !same(twin, field);
      twin = this.#fields.get(filter)
    )
      filter = `${filter}_`;
    this.#fields.set(filter, { ...field, filter });
    return new LuaCode(`F[${JSON.stringify(filter)}]`);
  }

  all(): readonly ProtoField[] {
    return [...this.#fields.values()];
  }
}

function same(one: ProtoField, other: ProtoField): boolean {
  return one.kind === other.kind && JSON.stringify(one.names) === JSON.stringify(other.names);
}

const KINDS: Readonly<Record<string, ProtoField["kind"]>> = {
  u8: "uint8",
  bool: "uint8",
  u16: "uint16",
  u32: "uint32",
  set32: "uint32",
  u64: "uint64",
  count64: "uint64",
  i32: "int32",
  f32: "float",
  f64: "double",
  text8: "string",
  text16: "string",
  bytes16: "bytes",
  bytes32: "bytes",
};

const YES_NO = { no: 0, yes: 1 };

/** The rows of a message as Lua tables, items of lists inside them. */
export function luaRows(message: string, rows: readonly FieldRow[], fields: ProtoFields): LuaTable {
  const made: LuaValue[] = [];
  for (let at = 0; at < rows.length; ) {
    const row = rows[at] as FieldRow;
    let end = at + 1;
    while (rows[end]?.name.startsWith(`${row.name}[]`)) end += 1;
    made.push(node(message, row, rows.slice(at + 1, end), fields));
    at = end;
  }
  return { items: made };
}

function node(message: string, row: FieldRow, items: readonly FieldRow[], fields: ProtoFields): LuaTable {
  const form = /^(list16|list\[(\d+)\]|optional|records)(?: of (.+))?$/.exec(row.type);
  if (form === null) return value(message, row, row.type, fields);
  const [, type = "", count, inner] = form;
  const listed =
    inner !== undefined ? { items: [value(message, row, inner, fields)] } : luaRows(message, items, fields);
  const container =
    inner === undefined ? fields.field({ ...labelled(message, row), kind: "none" }) : undefined;
  return {
    named: {
      n: row.name,
      t: count === undefined ? type : "list",
      count: count === undefined ? undefined : Number(count),
      most: limits(row.allowed).most,
      f: container,
      items: listed,
    },
  };
}

function value(message: string, row: FieldRow, type: string, fields: ProtoFields): LuaTable {
  const allowed = limits(row.allowed);
  if (type === "f64 or text16") {
    const part = (one: string, name: string) =>
      value(message, { ...row, name: `${row.name}${name}` }, one, fields);
    return { named: { n: row.name, t: type, number: part("f64", ""), text: part("text16", "Text") } };
  }
  const plane = /^plane(?:\[(\w+)\])?$/.exec(type);
  const size = /^bytes\[(\d+)\]$/.exec(type)?.[1];
  const hidden = plane !== null || row.redacted === true;
  const names = allowed.names ?? (type === "bool" ? YES_NO : undefined);
  const bytes = allowed.bytes === undefined ? "bytes" : "string";
  const kind = hidden ? "uint32" : size === undefined ? KINDS[type] : bytes;
  const label = hidden ? `${row.name}, bytes not shown` : row.name;
  return {
    named: {
      n: row.name,
      t: plane === null ? (size === undefined ? type : "bytes") : "plane",
      f: fields.field({
        ...labelled(message, row),
        label,
        kind: kind ?? "bytes",
        ...(names === undefined ? {} : { names }),
      }),
      size: size === undefined ? undefined : Number(size),
      hidden: hidden || undefined,
      count: plane === null ? undefined : (plane[1] ?? "detections"),
      last: type === "u32" ? row.name.slice(row.name.lastIndexOf(".") + 1) : undefined,
      names:
        names === undefined
          ? undefined
          : { numbered: Object.entries(names).map(([name, number]) => [number, name]) },
      bits: allowed.bits === undefined ? undefined : { items: allowed.bits },
      known: allowed.bits === undefined ? undefined : 2 ** allowed.bits.length - 1,
      min: allowed.range?.[0],
      max: allowed.range?.[1],
      most: allowed.most,
      only: allowed.bytes === undefined ? undefined : new TextDecoder().decode(allowed.bytes),
    },
  };
}

function labelled(message: string, { name }: FieldRow): { readonly filter: string; readonly label: string } {
  return { filter: `qkdlink.${message}.${name.replaceAll("[]", "")}`, label: name };
}

/** All that can be said of a field's values, of which one at most is. */
interface Limits {
  readonly names?: Readonly<Record<string, number>>;
  readonly bits?: readonly string[];
  readonly range?: readonly [min: number, max: number];
  readonly most?: number;
  readonly bytes?: Uint8Array;
}

const limits = (allowed: AllowedValues | undefined): Limits => allowed ?? {};
