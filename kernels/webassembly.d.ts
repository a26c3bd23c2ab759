// The part of the WebAssembly JavaScript API that the loader uses; the ES libraries of TypeScript leave it to the DOM.
declare namespace WebAssembly {
  type Exports = Record<string, unknown>;
  class Module {
    private constructor();
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  interface Instance {
    readonly exports: Exports;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports: Record<string, Record<string, unknown>>): Promise<Instance>;
}
