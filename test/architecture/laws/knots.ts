import { type Edge, imports } from "./imports.ts";
import { isUnitTest, roomOf, type SourceFile } from "./source-file.ts";

/** Files that import each other in a circle, of values or types. */
export function fileCycles(files: readonly SourceFile[]): string[] {
  return cycles(imports(files).ours);
}

/**
 * Parts of one folder that import each other in a circle, be it by different files: folders and files directly in a room,
 * and in each folder of `DEEP` likewise. What a unit test needs of other parts does not bind the code that it tests.
 */
export function folderKnots(files: readonly SourceFile[]): string[] {
  const edges = imports(files.filter(({ path }) => !isUnitTest(path))).ours;
  const rooms = new Set(files.map(({ path }) => roomOf(path)));
  const deep = new Set<string>();
  for (const { path } of files) {
    const parts = path.split("/");
    if (parts.length > 3 && (parts[0] === "emulator" || parts[0] === "controller"))
      deep.add(parts.slice(0, 2).join("/"));
    if (parts.length > 4 && parts[0] === "controller" && parts[1] === "sources")
      deep.add(parts.slice(0, 3).join("/"));
  }
  return [...rooms, ...deep].flatMap((folder) => cycles(within(edges, folder)));
}

/** Who imports whom among the parts of a folder. */
function within(edges: readonly Edge[], folder: string): Edge[] {
  const part = (path: string) => `${folder}/${path.slice(folder.length + 1).split("/")[0]}`;
  const found = new Map<string, Edge>();
  for (const { from, to } of edges) {
    if (!from.startsWith(`${folder}/`) || !to.startsWith(`${folder}/`)) continue;
    const edge = { from: part(from), to: part(to) };
    if (edge.from !== edge.to) found.set(`${edge.from} ${edge.to}`, edge);
  }
  return [...found.values()];
}

function cycles(edges: readonly Edge[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (node: string, path: string[]): void => {
    const seen = path.indexOf(node);
    if (seen >= 0) {
      found.push([...path.slice(seen), node].join(" -> "));
      return;
    }
    if (done.has(node)) return;
    for (const to of next.get(node) ?? []) visit(to, [...path, node]);
    done.add(node);
  };
  for (const node of next.keys()) visit(node, []);
  return found;
}
