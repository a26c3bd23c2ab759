import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ROOMS =
  "{errors,protocol,physics,kernels,drivers,emulator,controller,cli,web,bench,test,scripts}/**/*.{ts,mjs}";

interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Every import of the sources, read as text: internal edges by file, foreign edges by package. */
export function importGraph() {
  const paths = globSync(ROOMS, { cwd: ROOT }).map((path) => path.replaceAll("\\", "/"));
  const internal: Edge[] = [];
  const foreign: Edge[] = [];
  const files: { path: string; lines: number }[] = [];
  for (const from of paths) {
    const text = readFileSync(join(ROOT, from), "utf8");
    files.push({ path: from, lines: text.split("\n").length - 1 });
    if (from.startsWith("kernels/assembly/")) continue;
    const pattern =
      /(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)|(?:^|\n)import\s*["']([^"']+)["']/g;
    for (const match of text.matchAll(pattern)) {
      const target = match[1] ?? match[2] ?? match[3] ?? "";
      if (target.startsWith(".")) internal.push({ from, to: normalize(join(dirname(from), target)) });
      else foreign.push({ from, to: packageName(target) });
    }
  }
  return { files, internal, foreign, cycles: () => findCycles(internal) };
}

function packageName(target: string): string {
  if (target.startsWith("node:")) return target;
  return target
    .split("/")
    .slice(0, target.startsWith("@") ? 2 : 1)
    .join("/");
}

function findCycles(edges: readonly Edge[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (file: string, path: string[]): void => {
    const seen = path.indexOf(file);
    if (seen >= 0) {
      cycles.push([...path.slice(seen), file]);
      return;
    }
    if (done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return cycles;
}
