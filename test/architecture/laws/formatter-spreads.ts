import { bareCode, lineAt } from "./bare-code.ts";
import type { SourceFile } from "./source-file.ts";

/**
 * Spreads of an object or array literal written in place, `...{ a, b }` or `...[x, y]`: they say nothing but keep lines
 * together. A condition, a call on the literal and a pattern of parameters say something.
 */
export function formatterSpreads(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const code = bareCode(text);
    return [...code.matchAll(/\.\.\.(?=[{[])/g)]
      .filter(({ index }) => /^\s*(?:[,)\]}]|$)/.test(code.slice(endOfLiteral(code, index + 3))))
      .map(({ index }) => `${path}:${lineAt(code, index)}: ${text.slice(index, index + 40).split("\n")[0]}`);
  });
}

/** The place behind the bracket that closes the one at `start`. */
function endOfLiteral(code: string, start: number): number {
  let depth = 0;
  for (let at = start; at < code.length; at++) {
    const character = code[at] ?? "";
    if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character) && --depth === 0) return at + 1;
  }
  return code.length;
}
