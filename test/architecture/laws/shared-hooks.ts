import { bareCode, lineAt } from "./bare-code.ts";
import type { SourceFile } from "./source-file.ts";

const HOOK = /^(?:beforeAll|beforeEach|afterAll|afterEach)\(/gm;

/** Hooks at the top of a module that tests share: a worker evaluates it once, and they would serve one file of tests alone. */
export function sharedHooks(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !path.endsWith(".test.ts"))
    .flatMap(({ path, text }) => {
      const code = bareCode(text);
      return [...code.matchAll(HOOK)].map(
        ({ index }) => `${path}:${lineAt(code, index)} has a hook at its top`,
      );
    });
}
