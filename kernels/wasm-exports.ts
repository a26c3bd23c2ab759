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
    cellPlanes: number,
    flips: number,
    maxPasses: number,
    waveLeaves: number,
  ): number;
  cascadeOwn(at: number): number;
  cascadePeer(at: number): number;
  cascadeTablesBytes(frameBits: number, maxMasks: number): number;
  cascadeTablesBegin(at: number, frameBits: number, maxMasks: number, seed: number): void;
  cascadeBegin(at: number, tables: number, cleanWanted: number, keys: number): number;
  cascadeAbsorb(at: number): number;
  cascadeExtend(at: number, passes: number): number;
  cascadeResult(at: number, keys: number): void;
  cascadeWipe(at: number): void;
  cascadeCorrected(at: number): number;
  planesCombine(a: number, b: number, out: number, bytes: number, table: number): void;
  planePopcount(plane: number, bytes: number): number;
  planesCompactWork(count: number): number;
  planesCompact(
    mask: number,
    planes: number,
    stride: number,
    count: number,
    out: number,
    outStride: number,
    bytes: number,
    work: number,
  ): number;
  polynomialTables(key: number, tables: number): void;
  polynomialBlocks(tables: number, state: number, message: number, blocks: number): void;
  transformTables(basis: number, tables: number, count: number): void;
  transformForward(data: number, log: number, factors: number, buffer: number): void;
  transformBackward(data: number, log: number, factors: number, buffer: number): void;
  amplifyRun(
    points: number,
    groupStride: number,
    groups: number,
    seed: number,
    t1: number,
    t2: number,
    t3: number,
    work: number,
  ): void;
}
