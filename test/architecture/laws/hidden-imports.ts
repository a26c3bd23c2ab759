import { bareCode, lineAt } from "./bare-code.ts";
import type { SourceFile } from "./source-file.ts";

/** Files that run what is put together elsewhere, each for one reason. */
const ALLOWED: readonly { readonly file: string; readonly because: string }[] = [
  { file: "controller/peer/thread/peer-worker.ts", because: "owners name the module that is mounted" },
  {
    file: "protocol/codec/record.ts",
    because: "the writer of a record is generated; only names of a declaration enter its source",
  },
];

const HIDDEN =
  /\bimport\s*\(\s*(?:(?!["'`\s])|(?:"[^"]*"|'[^']*'|`[^`]*`)\s*\+|`[^`]*\$\{)|\bcreateRequire\b|\bgetBuiltinModule\b|\beval\b|\bnew Function\b/g;

/** Places where code takes what no law can see: a name that is put together at run time. Tests may. */
export function hiddenImports(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !/^(test|bench|scripts)\//.test(path) && !path.endsWith(".test.ts"))
    .filter(({ path }) => !ALLOWED.some(({ file }) => file === path))
    .flatMap(({ path, text }) => {
      const code = bareCode(text);
      return [...code.matchAll(HIDDEN)].map(
        ({ index }) => `${path}:${lineAt(code, index)} hides what it imports`,
      );
    });
}
