/** What kernels.wasm exports: kernels/assembly/index.ts. Pointers and sizes are bytes, unsigned. */
export interface WasmExports {
  heapBase(): number;
  cascadeHeaderBytes(): number;
  cascadeLayOut(
    at: number,
    frames: number,
    frameBits: number,
    lastFrameBits: number,
    firstBlock: number,
    secondBlock: number,
    flips: number,
    maxSubsets: number,
    waveLeaves: number,
  ): number;
  cascadeKeys(at: number): number;
  cascadeOwn(at: number): number;
  cascadePeer(at: number): number;
  cascadeBegin(at: number, seed: number, cleanWanted: number): void;
  cascadeEmit(at: number): number;
  cascadeAbsorb(at: number, bits: number): number;
  cascadeExtend(at: number, passes: number): number;
  cascadeCorrected(at: number): number;
}
