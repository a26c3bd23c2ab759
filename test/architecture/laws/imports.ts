import { dirname, join, normalize } from "node:path/posix";
import { numberedStrings } from "./bare-code.ts";
import { isAssembly, type SourceFile } from "./source-file.ts";

/** `from` imports `to`: a path from the root where the file is ours, the name of a package otherwise. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Every form that names what it takes: `from`, `import`, `import()` of values and types, `require`, a thread's file. */
const IMPORT =
  /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\(|\bimport\.meta\.resolve\s*\(|\bnew Worker\(\s*new URL\()\s*"(\d+)"/g;

/** Every import, of values and types, read as text. */
export function imports(files: readonly SourceFile[]): { readonly ours: Edge[]; readonly foreign: Edge[] } {
  const ours: Edge[] = [];
  const foreign: Edge[] = [];
  for (const { path: from, text } of files) {
    const { code, strings } = numberedStrings(text);
    for (const [, index] of code.matchAll(IMPORT)) {
      const target = strings[Number(index)] ?? "";
      if (!target.startsWith(".")) foreign.push({ from, to: packageOf(target) });
      else ours.push({ from, to: fileOf(normalize(join(dirname(from), target))) });
    }
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
