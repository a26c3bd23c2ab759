import { existsSync, readdirSync, readFileSync } from "node:fs";

const TARGETS = new URL("targets/", import.meta.url);
const CORPUS = new URL("corpus/", import.meta.url);

/** Names of all targets: every file of their folder is one. */
export const FUZZ_TARGETS: readonly string[] = readdirSync(TARGETS)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -".ts".length))
  .sort();

/** Module of a target, as a URL. */
export const moduleOf = (name: string): string => new URL(`${name}.ts`, TARGETS).href;

/** Inputs of a target that are kept in the repository: what once found a fault, and what no encoder makes. */
export function keptInputs(name: string): ReadonlyMap<string, Uint8Array> {
  const folder = new URL(`${name}/`, CORPUS);
  if (!existsSync(folder)) return new Map();
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(new URL(file, folder))]));
}
