import { bitAt, bitsAt } from "./bitmap";
import { blockOf, CELL_PASS, DENSE_PASSES, Frame, mapOf, passOf, slotsOf, subsetStateOf } from "./layout";
import { maskOf, toggleWhole } from "./masks";
import { blockCount, toggle } from "./pass";
import { maskBytes } from "./tables";
import { descend } from "./wave";
import { cellParities, complementParity } from "./cell-parities";
import { keyParity } from "./key-words";

// The blocks of new passes, which are compared before they begin any wave.

/** Appends the parities of all blocks of new passes to the stream at bit `at`; returns the bit after them. */
export function emitTops(frame: Frame, stream: usize, at: u32): u32 {
  for (let index: u32 = frame.topFirst; index < frame.started; index++) at = emitBlocks(frame, index, stream, at);
  return at;
}

/** Blocks of a pass that are compared: all in place; later the last follows from the others. */
@inline
function comparedBlocks(frame: Frame, index: u32): u32 {
  if (index > CELL_PASS) return 1;
  if (index == CELL_PASS) return (1 << frame.cohort.cellPlanes) - 1;
  return blockCount(frame, index) - index;
}

function emitBlocks(frame: Frame, index: u32, stream: usize, at: u32): u32 {
  const count = comparedBlocks(frame, index);
  if (index >= CELL_PASS) {
    emitBits(stream, at, index == CELL_PASS ? cells(frame) : outsideMask(frame, index), count);
    return at + count;
  }
  const map = mapOf(frame, index);
  const slots = slotsOf(frame, index);
  const block = blockOf(frame, index);
  let word: usize = stream + ((at >> 6) << 3);
  let fill: u32 = at & 63;
  let bits: u64 = fill ? load<u64>(word) : 0;
  for (let i: u32 = 0, from: u32 = 0; i < count; i++, from += block) {
    bits |= (<u64>keyParity(map, from, min<u32>(slots, from + block))) << fill;
    if (++fill == 64) {
      store<u64>(word, bits);
      word += 8;
      bits = 0;
      fill = 0;
    }
  }
  store<u64>(word, bits);
  return at + count;
}

/** Appends fewer than 64 bits. */
function emitBits(stream: usize, at: u32, bits: u64, count: u32): void {
  const word: usize = stream + ((at >> 6) << 3);
  const shift: u64 = at & 63;
  bits &= ((<u64>1) << count) - 1;
  store<u64>(word, (shift ? load<u64>(word) : 0) | (bits << shift));
  store<u64>(word, (bits >> 1) >> (63 - shift), 8);
}

/** Parities of the key in all cells of pass 2: bit c belongs to cell c. */
function cells(frame: Frame): u64 {
  const pass = passOf(frame, CELL_PASS);
  return cellParities(subsetStateOf(frame).key, pass.masks, maskBytes(pass.block), pass.planes, pass.block >> 3);
}

/** Parity of the key outside the subset of a single mask. */
function outsideMask(frame: Frame, index: u32): u64 {
  return complementParity(subsetStateOf(frame).key, maskOf(frame, index), frame.cohort.frameBits >> 3);
}

/** Takes the differences of all blocks of new passes from the stream at bit `at`; returns the bit after them. */
export function absorbTops(frame: Frame, stream: usize, at: u32): u32 {
  for (; frame.topFirst < frame.started; frame.topFirst++) at = absorbBlocks(frame, frame.topFirst, stream, at);
  return at;
}

function absorbBlocks(frame: Frame, index: u32, stream: usize, at: u32): u32 {
  if (index > CELL_PASS) {
    if (bitAt(stream, at)) toggleWhole(frame, index);
    return at + 1;
  }
  const count = comparedBlocks(frame, index);
  let last: u32 = 0;
  for (let first: u32 = 0; first < count; first += 64) {
    let odd = bitsAt(stream, at + first, min<u32>(64, count - first));
    for (; odd != 0; odd &= odd - 1) {
      last ^= 1;
      takeBlock(frame, index, first + <u32>ctz<u64>(odd));
    }
  }
  if (index > 0 && last) takeBlock(frame, index, count);
  return at + count;
}

/**
 * Takes note of an odd block. Nothing else is odd when the blocks of a pass are compared, so those of the first two
 * passes are what the next wave would open.
 */
@inline
function takeBlock(frame: Frame, index: u32, block: u32): void {
  const from = block * blockOf(frame, index);
  if (index >= DENSE_PASSES || frame.open >= frame.cohort.waveLeaves) {
    toggle(frame, index, from);
    return;
  }
  frame.current = <u8>index;
  descend(frame, from, min<u32>(frame.length, from + blockOf(frame, index)));
  frame.mostOpen = max<u32>(frame.mostOpen, frame.open + 1);
}
