import { bitAt } from "./bitmap";
import { CELL_PASS, Frame, mapBytes, MASK_SUMMARY_BYTES, Pass, passOf } from "./cascade-layout";
import { toggle } from "./cascade-pass";
import { maskBytes, subsetMasks } from "./cascade-tables";
import { complementParity } from "./cell-parities";
import { beginLeaf } from "./leaf-map";

// Passes of a single mask. Most of them never begin a wave: they know two ranges, the subset and its complement, whose
// oddness is a bit each in two words for all such passes. Only a pass that begins a wave gets a leaf map.

@inline
function markOf(index: u32): u64 {
  return (<u64>1) << index;
}

@inline
function maskOf(frame: Frame, index: u32): usize {
  return frame.masks + <usize>(index - CELL_PASS - 1) * maskBytes(frame.cohort.frameBits);
}

/** Begins a pass of the next mask, nothing odd yet. */
export function startMask(frame: Frame): void {
  const index = frame.started++;
  const cohort = frame.cohort;
  const planes = cohort.cellPlanes;
  subsetMasks(cohort.tables, planes + index - CELL_PASS - 1, 1);
  frame.masks = cohort.tables.masks + <usize>planes * maskBytes(cohort.frameBits);
  frame.unsplit |= markOf(index);
}

/** Parity of the key bits outside the subset. */
export function maskParity(frame: Frame, index: u32): u32 {
  return complementParity(frame.key, maskOf(frame, index), frame.cohort.frameBits >> 3);
}

/** Takes note that subset and complement differ in parity between the sides. */
@inline
export function toggleWhole(frame: Frame, index: u32): void {
  frame.oddSubsets ^= markOf(index);
  frame.oddComplements ^= markOf(index);
}

/** Flips, in all passes of single masks but the current one, the oddness of the leaf that holds a key bit. */
export function toggleMasks(frame: Frame, bit: u32): void {
  let members: u64 = 0;
  const bytes = maskBytes(frame.cohort.frameBits);
  let mask = frame.masks;
  for (let index = CELL_PASS + 1; index < frame.started; index++, mask += bytes)
    members |= (<u64>bitAt(mask, bit)) << index;
  const unsplit = frame.unsplit;
  frame.oddSubsets ^= members & unsplit;
  frame.oddComplements ^= ~members & unsplit;
  for (let split = frame.split & ~markOf(frame.current); split != 0; split &= split - 1) {
    const index = <u32>ctz<u64>(split);
    toggle(frame, index, <u32>((members >> index) & 1) * frame.cohort.frameBits + bit);
  }
}

/** Gives a pass that begins its first wave a leaf map with its two leaves. */
export function splitMask(frame: Frame, index: u32): void {
  const mark = markOf(index);
  const pass = passOf(frame, index);
  const block = frame.cohort.frameBits;
  pass.oddCount = 0;
  pass.key = frame.key;
  pass.grain = 6;
  pass.planes = 1;
  pass.block = block;
  pass.slots = 2 * block;
  pass.masks = maskOf(frame, index);
  pass.summary = changetype<usize>(pass) + offsetof<Pass>();
  pass.map = pass.summary + MASK_SUMMARY_BYTES;
  memory.fill(pass.summary, 0, MASK_SUMMARY_BYTES + mapBytes(frame.cohort, index));
  beginLeaf(pass.map, 0);
  beginLeaf(pass.map, block >> 6);
  if (frame.oddComplements & mark) toggle(frame, index, 0);
  if (frame.oddSubsets & mark) toggle(frame, index, block);
  frame.oddComplements &= ~mark;
  frame.oddSubsets &= ~mark;
  frame.unsplit &= ~mark;
  frame.split |= mark;
}
