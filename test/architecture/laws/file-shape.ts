import type { SourceFile } from "./source-file.ts";

const MAX_LINES = 400;
const VAGUE = /(^|\/)(utils?|helpers?|common|manager|misc)(\.|\/|$)/;

/** Files that are longer than one idea needs. */
export function longFiles(files: readonly SourceFile[]): string[] {
  return files
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
}

/** Files and folders whose name says nothing. */
export function vagueNames(files: readonly SourceFile[]): string[] {
  return files.map(({ path }) => path).filter((path) => VAGUE.test(path));
}
