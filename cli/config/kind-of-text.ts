import { readSiteDocument } from "./site-document.ts";

/** What a configuration file is of. */
export type KindOfFile = "site" | "node" | "network";

/** By the members that only one kind has: a network declares nodes, a node says which of them it is. */
export function kindOfText(text: string): KindOfFile {
  const { value } = readSiteDocument(text);
  if (typeof value !== "object" || value === null) return "site";
  if ("nodes" in value) return "network";
  return "node" in value && !("site" in value) ? "node" : "site";
}
