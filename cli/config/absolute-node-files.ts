import { resolve } from "node:path";
import type { FieldPath } from "./finding.ts";
import type { NodeDraft } from "./node-config.ts";

const FIXED: readonly FieldPath[] = [
  ["network"],
  ["peer", "certificate"],
  ["peer", "privateKey"],
  ["peer", "authority"],
  ["peer", "crl"],
  ["store", "path"],
  ["store", "keyFile"],
  ["delivery", "certificate"],
  ["delivery", "privateKey"],
  ["delivery", "authority"],
  ["delivery", "crl"],
];

const OF_LINK: readonly FieldPath[] = [
  ["transceiver", "authority"],
  ["transceiver", "certificate"],
  ["transceiver", "privateKey"],
  ["secretFile"],
];

/** Every field of a node's file that names a file. */
export function nodeFileFields({ links = {}, pairs = {} }: NodeDraft): readonly FieldPath[] {
  return [
    ...FIXED,
    ...Object.keys(links).flatMap((id) => OF_LINK.map((field) => ["links", id, ...field])),
    ...Object.keys(pairs).map((node) => ["pairs", node, "secretFile"]),
  ];
}

/** The text at a field; undefined where there is none. */
export function textAt(top: unknown, path: FieldPath): string | undefined {
  const found = path.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], top);
  return typeof found === "string" ? found : undefined;
}

/** The configuration with its file names made absolute, those that are relative from `folder`. */
export function absoluteNodeFiles<Config extends NodeDraft>(config: Config, folder: string): Config {
  const absolute = structuredClone(config) as Config;
  for (const path of nodeFileFields(config)) {
    const name = textAt(config, path);
    const last = path.at(-1);
    if (name === undefined || last === undefined) continue;
    const holder = path
      .slice(0, -1)
      .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], absolute);
    (holder as Record<string, unknown>)[last] = resolve(folder, name);
  }
  return absolute;
}
