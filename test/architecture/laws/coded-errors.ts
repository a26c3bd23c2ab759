import { bareCode, lineAt } from "./bare-code.ts";
import { isUnitTest, roomOf, type SourceFile } from "./source-file.ts";

const UNCODED = /\b(?:throw|reject\()\s*new (?:Error|TypeError|RangeError|SyntaxError)\b/g;
const ELSEWHERE: readonly string[] = ["test", "bench", "scripts"];

/** Files whose errors do not leave their room as they are. */
const WITHIN: Readonly<Record<string, string>> = {
  "trust/der.ts": "readers of certificates and lists say what is damaged, with its name",
  "trust/revocation-list.ts": "says which list is damaged, with its name",
  "trust/revocation-dates.ts": "says which list is damaged, with its name",
};

/** Errors without a code, which no caller can match on and no remedy belongs to. */
export function uncodedErrors(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !ELSEWHERE.includes(roomOf(path)) && !isUnitTest(path) && !(path in WITHIN))
    .filter(({ path }) => path.endsWith(".ts") && !path.startsWith("kernels/assembly/"))
    .flatMap(({ path, text }) => {
      const code = bareCode(text);
      return [...code.matchAll(UNCODED)].map(
        ({ index }) => `${path}:${lineAt(code, index)} throws an error without a code`,
      );
    });
}
