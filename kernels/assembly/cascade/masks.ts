import { bitAt } from "./bitmap";
import {
  CELL_PASS,
  Frame,
  subsetStateOf,
  oddCountOf,
  passHeadBytes,
  passMapBytes,
  passOf,
  SUBSET_GRAIN,
  SUBSET_SUMMARY_BYTES,
  summaryOf,
} from "./layout";
import { toggle } from "./pass";
import { maskBytes, subsetMasks } from "./tables";
import { beginLeaf } from "./leaf-map";

// Passes of a single mask. Most of them never begin a wave: they know two ranges, the subset and its complement, whose
// oddness is a bit each in two words for all such passes. Only a pass that begins a wave gets a leaf map.

@inline
function markOf(index: u32): u64 {
  return (<u64>1) << index;
}

@inline
export function maskOf(frame: Frame, index: u32): usize {
  return subsetStateOf(frame).masks + <usize>(index - CELL_PASS - 1) * maskBytes(frame.cohort.frameBits);
}

/** Begins a pass of the next mask, nothing odd yet. */
export function startMask(frame: Frame): void {
  const index: u32 = frame.started++;
  const cohort = frame.cohort;
  const planes = cohort.cellPlanes;
  const state = subsetStateOf(frame);
  subsetMasks(cohort.tables, planes + index - CELL_PASS - 1, 1);
  state.masks = cohort.tables.masks + <usize>planes * maskBytes(cohort.frameBits);
  state.unsplit |= markOf(index);
}

/** Takes note that subset and complement differ in parity between the sides. */
@inline
export function toggleWhole(frame: Frame, index: u32): void {
  const state = subsetStateOf(frame);
  state.oddSubsets ^= markOf(index);
  state.oddComplements ^= markOf(index);
}

/** Flips, in all passes of single masks but the current one, the oddness of the leaf that holds a key bit. */
export function toggleMasks(frame: Frame, bit: u32): void {
  const state = subsetStateOf(frame);
  let members: u64 = 0;
  const bytes = maskBytes(frame.cohort.frameBits);
  let mask = state.masks;
  for (let index: u32 = CELL_PASS + 1; index < frame.started; index++, mask += bytes)
    members |= (<u64>bitAt(mask, bit)) << index;
  const unsplit = state.unsplit;
  state.oddSubsets ^= members & unsplit;
  state.oddComplements ^= ~members & unsplit;
  for (let split = state.split & ~markOf(frame.current); split != 0; split &= split - 1) {
    const index = <u32>ctz<u64>(split);
    toggle(frame, index, <u32>((members >> index) & 1) * frame.cohort.frameBits + bit);
  }
}

/** Gives a pass that begins its first wave a leaf map with its two leaves. */
export function splitMask(frame: Frame, index: u32): void {
  const mark = markOf(index);
  const state = subsetStateOf(frame);
  const pass = passOf(frame, index);
  const block = frame.cohort.frameBits;
  store<u32>(oddCountOf(frame, index), 0);
  pass.planes = 1;
  pass.block = block;
  pass.slots = 2 * block;
  pass.masks = maskOf(frame, index);
  pass.map = changetype<usize>(pass) + passHeadBytes();
  memory.fill(summaryOf(frame, index), 0, SUBSET_SUMMARY_BYTES);
  memory.fill(pass.map, 0, passMapBytes(frame.cohort, index));
  beginLeaf(pass.map, 0);
  beginLeaf(pass.map, block >> SUBSET_GRAIN);
  if (state.oddComplements & mark) toggle(frame, index, 0);
  if (state.oddSubsets & mark) toggle(frame, index, block);
  state.oddComplements &= ~mark;
  state.oddSubsets &= ~mark;
  state.unsplit &= ~mark;
  state.split |= mark;
}
