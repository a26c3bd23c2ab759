import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceFile } from "./source-file.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ROOMS =
  "{errors,protocol,physics,kernels,drivers,emulator,controller,cli,web,bench,test,scripts}/**/*.{ts,tsx,mjs}";

/** Every source of the project, of the rooms that hold tests and figures too. */
export function sourceTree(): SourceFile[] {
  return globSync(ROOMS, { cwd: ROOT })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}
