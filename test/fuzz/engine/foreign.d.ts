declare module "istanbul-lib-instrument" {
  /** Puts counters into a JavaScript text. */
  export function createInstrumenter(options: { readonly esModules: boolean; readonly compact: boolean }): {
    instrumentSync(code: string, filename: string): string;
  };
}

declare module "jsfuzz/build/src/corpus.js" {
  /** Inputs, and new ones made of them by small changes. Without folders it reads and writes nothing. */
  export class Corpus {
    constructor(folders: readonly string[], onlyAscii: boolean);
    inputs: Buffer[];
    generateInput(): Buffer;
    putBuffer(input: Buffer): void;
    getLength(): number;
  }
}
