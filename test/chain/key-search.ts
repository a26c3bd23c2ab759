import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** How a program could print or keep a key by mistake; a part of 12 bytes is enough to be found. */
function spellings(key: Buffer): string[] {
  const part = key.subarray(0, 12);
  return [
    part.toString("base64"),
    part.toString("hex"),
    part.toString("hex").toUpperCase(),
    [...part].join(","),
    [...part].join(", "),
    part.toString("latin1"),
  ];
}

/** Names of the places in which a key (base64) shows: texts by their label, and files below `folder`. */
export function keyTraces(
  keys: readonly string[],
  texts: ReadonlyMap<string, string>,
  folder: string,
): string[] {
  const places = new Map(texts);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      places.set(path, readFileSync(path, "latin1"));
    }
  const found: string[] = [];
  for (const [place, text] of places)
    for (const key of keys)
      if (spellings(Buffer.from(key, "base64")).some((spelling) => text.includes(spelling)))
        found.push(place);
  return [...new Set(found)];
}
