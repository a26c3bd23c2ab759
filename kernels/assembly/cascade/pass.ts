import {
  blockOf,
  CELL_PASS,
  DENSE_PASSES,
  Frame,
  mapOf,
  oddCountOf,
  passMapBytes,
  passOf,
  slotsOf,
  SUBSET_GRAIN,
  SUBSET_SUMMARY_BYTES,
  subsetStateOf,
  SUMMARY_BYTES,
  summaryOf,
} from "./layout";
import { cellOf } from "./subset";
import { subsetMasks } from "./tables";
import { gatherKey } from "./key-words";
import { beginLeaf, flipOdd, leafStart } from "./leaf-map";

/** Begins one of the first three passes of a frame: one leaf a block, nothing odd yet. The first two have their maps. */
export function startPass(frame: Frame): void {
  const index: u32 = frame.started++;
  store<u32>(oddCountOf(frame, index), 0);
  if (index < DENSE_PASSES) {
    memory.fill(summaryOf(frame, index), 0, SUMMARY_BYTES);
    return;
  }
  const cohort = frame.cohort;
  gatherKey(frame.firstMap, subsetStateOf(frame).key, cohort.frameBits >> 6);
  const pass = passOf(frame, index);
  pass.planes = cohort.cellPlanes;
  pass.slots = cohort.frameBits << pass.planes;
  pass.block = cohort.frameBits;
  pass.masks = subsetMasks(cohort.tables, 0, pass.planes);
  memory.fill(summaryOf(frame, index), 0, SUBSET_SUMMARY_BYTES);
  memory.fill(pass.map, 0, passMapBytes(cohort, index));
  for (let slot: u32 = 0; slot < pass.slots; slot += pass.block) beginLeaf(pass.map, slot >> SUBSET_GRAIN);
}

@inline
export function blockCount(frame: Frame, index: u32): u32 {
  const block = blockOf(frame, index);
  return (slotsOf(frame, index) + block - 1) / block;
}

/** Slot of a key bit in pass `index`. */
@inline
export function slotOf(frame: Frame, index: u32, bit: u32): u32 {
  if (index == 0) return bit;
  if (index == 1) return load<u16>(frame.inverse + (bit << 1));
  const pass = passOf(frame, index);
  return cellOf(pass, bit) * pass.block + bit;
}

/** Flips the oddness of the leaf that holds a slot. */
@inline
export function toggle(frame: Frame, index: u32, slot: u32): void {
  const map = mapOf(frame, index);
  const leaf = leafStart(map, index < DENSE_PASSES ? slot : slot >> SUBSET_GRAIN);
  const place = oddCountOf(frame, index);
  const count = load<u32>(place) + flipOdd(map, summaryOf(frame, index), leaf);
  store<u32>(place, count);
  const mark = (<u64>1) << index;
  frame.oddPasses = count ? frame.oddPasses | mark : frame.oddPasses & ~mark;
}
