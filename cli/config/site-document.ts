import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { FieldPath, Place } from "./finding.ts";

/** A place where a text is no YAML. */
export interface SyntaxFault extends Place {
  readonly message: string;
}

/** What a file of YAML or JSON says, and where it says so. */
export interface SiteDocument {
  /** Undefined where nothing could be read. */
  readonly value: unknown;
  readonly faults: readonly SyntaxFault[];
  /** Of a member's name, or of its value; of the nearest object around it where it is missing. */
  readonly placeOf: (path: FieldPath, of?: "name" | "value") => Place;
}

const TOO_DEEP = "nests or repeats too much to be a configuration";
const TOP: Place = { line: 1, column: 1 };
const MOST_FAULTS = 20;

/** Reads a text; whatever it holds, this never throws. */
export function readSiteDocument(text: string, what = "configuration"): SiteDocument {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, logLevel: "silent" });
    const raw = [...document.errors, ...document.warnings];
    if (raw.some(({ message }) => /stack/i.test(message))) return unread(TOO_DEEP);
    const faults = alone(
      raw.map((fault) => ({
        ...place(lines, fault.pos[0]),
        message: (fault.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, ""),
      })),
    );
    if (faults.length === 0 && !isMap(document.contents))
      return unread(`holds no ${what}: its top is no object`);
    return {
      value: faults.length === 0 ? document.toJS({ maxAliasCount: 100 }) : undefined,
      faults,
      placeOf: (path, of = "value") => place(lines, offsetOf(document, path, of)),
    };
  } catch {
    // Nested so deeply that the reader gives up, or aliases that unfold without end.
    return unread(TOO_DEEP);
  }
}

/** The first fault of each place: those behind it mostly follow from it. */
function alone(faults: readonly SyntaxFault[]): readonly SyntaxFault[] {
  const first = new Map<string, SyntaxFault>();
  for (const fault of faults) {
    const where = `${fault.line}:${fault.column}`;
    if (!first.has(where)) first.set(where, fault);
  }
  return [...first.values()].slice(0, MOST_FAULTS);
}

function unread(message: string): SiteDocument {
  return { value: undefined, faults: [{ ...TOP, message }], placeOf: () => TOP };
}

function place(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return line < 1 ? TOP : { line, column: col };
}

function offsetOf(document: Document.Parsed, path: FieldPath, of: "name" | "value"): number {
  let node: Node | null | undefined = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
      if (pair === undefined) return offset;
      if (of === "name" && depth === path.length - 1) return startOf(pair.key as Node) ?? offset;
      offset = startOf(pair.value as Node | null) ?? startOf(pair.key as Node) ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node)) {
      node = node.items[Number(step)] as Node | undefined;
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0];
}
