import { dirname, join, normalize } from "node:path/posix";
import { isAssembly, type SourceFile } from "./source-file.ts";

/** `from` imports `to`: a path from the root where the file is ours, the name of a package otherwise. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)|(?:^|\n)import\s*["']([^"']+)["']/g;

/** Every import, of values and types, read as text. */
export function imports(files: readonly SourceFile[]): { readonly ours: Edge[]; readonly foreign: Edge[] } {
  const ours: Edge[] = [];
  const foreign: Edge[] = [];
  for (const { path: from, text } of files)
    for (const match of text.matchAll(IMPORT)) {
      const target = match[1] ?? match[2] ?? match[3] ?? "";
      if (!target.startsWith(".")) foreign.push({ from, to: packageOf(target) });
      else ours.push({ from, to: fileOf(normalize(join(dirname(from), target))) });
    }
  return { ours, foreign };
}

/** AssemblyScript names files without their ending. */
function fileOf(path: string): string {
  return isAssembly(path) && !path.endsWith(".ts") ? `${path}.ts` : path;
}

function packageOf(target: string): string {
  if (target.startsWith("node:")) return target;
  const parts = target.startsWith("@") ? 2 : 1;
  return target.split("/").slice(0, parts).join("/");
}
