export {
  cascadeBegin,
  cascadeCorrected,
  cascadeExtend,
  cascadeHeaderBytes,
  cascadeLayOut,
  cascadeOwn,
  cascadePeer,
  cascadeResult,
  cascadeWipe,
} from "./cascade/cohort";
export { cascadeAbsorb } from "./cascade/round";

/** First byte that no static data of this module uses. */
export function heapBase(): usize {
  return __heap_base;
}
export * from "./sampler/sampler";
export { cascadeTablesBegin, cascadeTablesBytes } from "./cascade/tables";
export { planesCompact, planesCompactWork } from "./compact";
export { planePopcount, planesCombine } from "./planes";
export { polynomialBlocks, polynomialTables } from "./hash/polynomial";
export { amplifyRun } from "./hash/amplify";
export { transformBackward, transformForward } from "./hash/transform";
export { transformTables } from "./hash/twiddles";
