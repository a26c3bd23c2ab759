import { bareCode, lineAt } from "./bare-code.ts";
import { isUnitTest, type SourceFile } from "./source-file.ts";

/** Words of those who use a kernel. Words of what it computes ("afterpulse", "dead time", "parity") are its own. */
const FOREIGN = /session|transceiver|device|socket|controller|transport|scenario/gi;

/** Names in the kernels that tell who uses them. */
export function kernelWords(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => path.startsWith("kernels/") && !isUnitTest(path))
    .flatMap(({ path, text }) => {
      const code = bareCode(text);
      return [...code.matchAll(FOREIGN)].map(
        ({ index, 0: word }) => `${path}:${lineAt(code, index)} speaks of ${word.toLowerCase()}`,
      );
    });
}
