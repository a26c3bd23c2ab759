import { isMap, isNode, isPair, LineCounter, type Node, parseDocument } from "yaml";
import { ConfigError } from "../../errors/index.ts";
import type { FieldPath } from "../schema/complaint.ts";
import type { ScenarioSource } from "./scenario-source.ts";

/** No scenario needs more; a larger file is a mistake. */
const MOST_CHARACTERS = 1 << 20;

/**
 * A YAML 1.2 (or JSON) text as plain data, with a source that knows its lines.
 * @throws ConfigError QKD_CONFIG_UNREADABLE for text that is no YAML or no mapping, naming file and line.
 */
export function readYaml(
  text: string,
  name: string,
): { readonly value: unknown; readonly source: ScenarioSource } {
  if (text.length > MOST_CHARACTERS) throw unreadable(`${name} is longer than a scenario may be`, name);
  const lines = new LineCounter();
  // A key that is no text is refused by the schema: the parser's warning of it belongs to nobody's log.
  const document = parseDocument(text, { lineCounter: lines, logLevel: "error" });
  const wrong = document.errors[0] ?? document.warnings[0];
  if (wrong !== undefined) {
    const { line } = lines.linePos(wrong.pos[0]);
    throw unreadable(`${name}:${line}: ${wrong.message.split("\n")[0]}`, name, line);
  }
  if (!isMap(document.contents)) throw unreadable(`${name} holds no mapping of fields`, name);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw unreadable(`${name} refers to itself too often`, name, undefined, cause);
  }
  const lineOf = (path: FieldPath): number | undefined => {
    for (let length = path.length; length >= 0; length--) {
      const offset = offsetOf(document.contents as Node, path.slice(0, length));
      if (offset !== undefined) return lines.linePos(offset).line;
    }
    return undefined;
  };
  return { value, source: { name, lineOf } };
}

/** Where a field begins in the text: at its key where it has one. */
function offsetOf(contents: Node, path: FieldPath): number | undefined {
  if (path.length === 0) return contents.range?.[0];
  const parent = path.length === 1 ? contents : nodeAt(contents, path.slice(0, -1));
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isPair(item) && String(item.key) === String(last));
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  return nodeAt(contents, path)?.range?.[0];
}

function nodeAt(contents: Node, path: FieldPath): Node | undefined {
  if (!("getIn" in contents)) return undefined;
  const found = (contents as { getIn(path: Iterable<unknown>, keep: boolean): unknown }).getIn(path, true);
  return isNode(found) ? found : undefined;
}

function unreadable(message: string, file: string, line?: number, cause?: unknown): ConfigError {
  return new ConfigError("QKD_CONFIG_UNREADABLE", message, {
    context: { file, ...(line === undefined ? {} : { line }) },
    ...(cause === undefined ? {} : { cause }),
  });
}
