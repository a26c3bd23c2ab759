import type { FieldRow } from "../../protocol/index.ts";

/** Where one value of a message stands. */
export interface FieldSpan {
  readonly row: FieldRow;
  /** First byte of the value itself, behind a length in front of it. */
  readonly offset: number;
  readonly bytes: number;
}

/** Bytes of the types that have always as many. */
const FIXED: Readonly<Record<string, number>> = {
  u8: 1,
  bool: 1,
  u16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  set32: 4,
  u64: 8,
  count64: 8,
  f64: 8,
};

/** Bytes of the length in front of a value. */
const PREFIXED: Readonly<Record<string, number>> = { text8: 1, text16: 2, bytes16: 2, bytes32: 4 };

/** A row with the rows of its items behind it. */
interface RowNode {
  readonly row: FieldRow;
  readonly items: readonly RowNode[];
}

/**
 * Where every value of a message stands, found by the rows of its declaration alone. Undefined where the bytes are too
 * short or too long for them, so that nobody mistakes one field for another.
 */
export function fieldSpans(rows: readonly FieldRow[], bytes: Uint8Array): readonly FieldSpan[] | undefined {
  const walk = new Walk(bytes);
  try {
    for (const node of nested(rows)) walk.node(node);
  } catch (error) {
    if (error === MISFIT) return undefined;
    throw error;
  }
  return walk.at === bytes.length ? walk.spans : undefined;
}

/** Rows of items belong to the row of their list. */
function nested(rows: readonly FieldRow[]): readonly RowNode[] {
  const nodes: RowNode[] = [];
  for (let at = 0; at < rows.length; ) {
    const row = rows[at] as FieldRow;
    let end = at + 1;
    while (rows[end]?.name.startsWith(`${row.name}[]`)) end += 1;
    nodes.push({ row, items: nested(rows.slice(at + 1, end)) });
    at = end;
  }
  return nodes;
}

/** The bytes are no message of these rows. */
const MISFIT = Symbol("misfit");

class Walk {
  readonly spans: FieldSpan[] = [];
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Numbers read so far, for planes whose bits stand in an earlier field; the newest of a name counts. */
  readonly #numbers = new Map<string, number>();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  node({ row, items }: RowNode): void {
    const { type } = row;
    if (type === "records") {
      while (this.at < this.#bytes.length) {
        const before = this.at;
        for (const item of items) this.node(item);
        if (this.at === before) throw MISFIT;
      }
      return;
    }
    const list = /^(list16|list\[(\d+)\]|optional)(?: of (.+))?$/.exec(type);
    if (list === null) {
      this.#value(row, type);
      return;
    }
    const [, form = "", fixed, inner] = list;
    const count = fixed !== undefined ? Number(fixed) : form === "optional" ? this.#mark() : this.#number(2);
    for (let item = 0; item < count; item++)
      if (inner === undefined) for (const one of items) this.node(one);
      else this.#value(row, inner);
  }

  #value(row: FieldRow, type: string): void {
    if (type === "f64 or text16") {
      this.#value(row, this.#mark() === 0 ? "f64" : "text16");
      return;
    }
    const prefix = PREFIXED[type];
    const length = prefix === undefined ? this.#length(type) : this.#number(prefix);
    this.#span(row, length);
    if (type === "u32") this.#numbers.set(lastName(row.name), this.#view.getUint32(this.at - 4));
  }

  #length(type: string): number {
    const fixed = FIXED[type] ?? /^bytes\[(\d+)\]$/.exec(type)?.[1];
    if (fixed !== undefined) return Number(fixed);
    const counted = type === "plane" ? "detections" : /^plane\[(\w+)\]$/.exec(type)?.[1];
    const bits = this.#numbers.get(counted ?? "");
    if (bits === undefined) throw MISFIT;
    return Math.ceil(bits / 8);
  }

  /** A number that is no value of its own: a length, a count, a mark. */
  #number(bytes: number): number {
    if (this.at + bytes > this.#bytes.length) throw MISFIT;
    let value = 0;
    for (let end = this.at + bytes; this.at < end; this.at++)
      value = value * 256 + (this.#bytes[this.at] as number);
    return value;
  }

  /** Which of two, or whether there is one. */
  #mark(): number {
    const mark = this.#number(1);
    if (mark > 1) throw MISFIT;
    return mark;
  }

  #span(row: FieldRow, bytes: number): void {
    if (this.at + bytes > this.#bytes.length) throw MISFIT;
    this.spans.push({ row, offset: this.at, bytes });
    this.at += bytes;
  }
}

const lastName = (path: string): string => path.slice(path.lastIndexOf(".") + 1);
