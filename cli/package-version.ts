import { readFileSync } from "node:fs";

/** The version that package.json states. */
export function packageVersion(): string {
  for (const place of ["../package.json", "../../package.json"])
    try {
      return String(JSON.parse(readFileSync(new URL(place, import.meta.url), "utf8")).version);
    } catch {}
  return "unknown";
}
