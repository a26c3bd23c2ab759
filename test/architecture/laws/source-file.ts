/** One file of the tree as a law sees it: its path from the root, with slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** The first part of a path: the room that a file is in. */
export function roomOf(path: string): string {
  return path.split("/")[0] ?? "";
}

/** True for a test that stands beside the code it tests. */
export function isUnitTest(path: string): boolean {
  return /\.test\.ts$/.test(path);
}

/** AssemblyScript: compiled by itself, not type-checked with the rest. */
export function isAssembly(path: string): boolean {
  return path.startsWith("kernels/assembly/");
}
