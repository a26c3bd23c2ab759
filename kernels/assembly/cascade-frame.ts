import { bitAt, bitsAt } from "./bitmap";
import { CELL_PASS, DENSE_PASSES, Frame, Pass, passOf, RANGE_BYTES } from "./cascade-layout";
import { bitIn, blockCount, passCells, passParity, slotOf, toggle } from "./cascade-pass";
import { maskParity, toggleWhole } from "./cascade-masks";
import { halveNarrow, halveWide, leaveTrace, lengthLeft, lowerParity, rangeAt, slotLeft } from "./cascade-range";
import { descend, flip, settle } from "./cascade-wave";
import { keepTouched, touch } from "./touch";

/** Appends this round's parities to the stream at bit `at`; returns the bit after them. */
export function emitFrame(frame: Frame, stream: usize, at: u32): u32 {
  if (frame.done) return at;
  if (frame.topFirst == frame.started) return emitRanges(frame, stream, at);
  for (let index = frame.topFirst; index < frame.started; index++) at = emitBlocks(frame, index, stream, at);
  return at;
}

/** Blocks of a pass that are compared: all in place; later the last follows from the others. */
@inline
function comparedBlocks(pass: Pass, index: u32): u32 {
  return blockCount(pass) - (index > 0 ? 1 : 0);
}

function emitBlocks(frame: Frame, index: u32, stream: usize, at: u32): u32 {
  if (index > CELL_PASS) return emitBit(stream, at, maskParity(frame, index));
  const pass = passOf(frame, index);
  const count = comparedBlocks(pass, index);
  let word: usize = stream + ((at >> 6) << 3);
  let fill: u32 = at & 63;
  let bits: u64 = fill ? load<u64>(word) : 0;
  const cells = index == CELL_PASS ? passCells(pass) : 0;
  for (let i: u32 = 0; i < count; i++) {
    const from = i * pass.block;
    if (index == CELL_PASS) bits |= (<u64>((cells >> i) & 1)) << fill;
    else bits |= (<u64>passParity(pass, from, min<u32>(pass.slots, from + pass.block))) << fill;
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

function emitBit(stream: usize, at: u32, bit: u32): u32 {
  const word: usize = stream + ((at >> 6) << 3);
  const bits = at & 63 ? load<u64>(word) : 0;
  store<u64>(word, bits | ((<u64>bit) << (at & 63)));
  return at + 1;
}

function emitRanges(frame: Frame, stream: usize, at: u32): u32 {
  const pass = passOf(frame, frame.current);
  const count = frame.open;
  let word: usize = stream + ((at >> 6) << 3);
  let fill: u32 = at & 63;
  let bits: u64 = fill ? load<u64>(word) : 0;
  const end = frame.ranges + <usize>count * RANGE_BYTES;
  for (let range = frame.ranges; range < end; range += RANGE_BYTES) {
    bits |= (<u64>lowerParity(pass, rangeAt(range))) << fill;
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

/**
 * Takes the differences of this round's parities from the stream at bit `at`; returns the bit after them. Wrong bits
 * found in the first two passes are left at `found`.
 */
export function halveFrame(frame: Frame, stream: usize, at: u32, found: usize): u32 {
  frame.found = 0;
  if (frame.topFirst != frame.started) {
    for (; frame.topFirst < frame.started; frame.topFirst++) at = absorbBlocks(frame, frame.topFirst, stream, at);
    return at;
  }
  const pass = passOf(frame, frame.current);
  const count = frame.open;
  frame.open = 0;
  if (pass.grain == 0) halveDense(frame, pass, count, stream, at, found);
  else halveSubset(frame, pass, count, stream, at);
  return at + count;
}

function absorbBlocks(frame: Frame, index: u32, stream: usize, at: u32): u32 {
  if (index > CELL_PASS) {
    if (bitAt(stream, at)) toggleWhole(frame, index);
    return at + 1;
  }
  const pass = passOf(frame, index);
  const count = comparedBlocks(pass, index);
  let last: u32 = 0;
  for (let first: u32 = 0; first < count; first += 64) {
    let odd = bitsAt(stream, at + first, min<u32>(64, count - first));
    for (; odd != 0; odd &= odd - 1) {
      last ^= 1;
      takeBlock(frame, pass, index, first + <u32>ctz<u64>(odd));
    }
  }
  if (index > 0 && last) takeBlock(frame, pass, index, count);
  return at + count;
}

/**
 * Takes note of an odd block. Nothing else is odd when the blocks of a pass are compared, so those of the first two
 * passes are what the next wave would open.
 */
@inline
function takeBlock(frame: Frame, pass: Pass, index: u32, block: u32): void {
  const from = block * pass.block;
  if (index >= DENSE_PASSES || frame.open >= frame.cohort.waveLeaves) {
    toggle(frame, index, from);
    return;
  }
  frame.current = index;
  descend(frame, pass, from, min<u32>(pass.slots, from + pass.block));
  frame.mostOpen = max<u32>(frame.mostOpen, frame.open + 1);
}

function halveDense(frame: Frame, pass: Pass, count: u32, stream: usize, at: u32, found: usize): void {
  const first = found;
  let place = frame.ranges;
  let kept = place;
  for (; count > 0; at += 64) {
    const some = min<u32>(64, count);
    let odd = bitsAt(stream, at, some);
    count -= some;
    for (const end = place + <usize>some * RANGE_BYTES; place < end; place += RANGE_BYTES, odd >>= 1) {
      const range = rangeAt(place);
      const lower = <u32>odd & 1;
      if (range.shape == 0) {
        halveWide(frame, pass, range, lower, kept);
        kept += RANGE_BYTES;
        continue;
      }
      const halved = halveNarrow(range, lower, kept);
      const one = <usize>(<u32>(halved >> 48) == 1);
      store<u64>(found, halved);
      found += one << 3;
      kept += RANGE_BYTES - one * RANGE_BYTES;
    }
  }
  frame.open = <u32>((kept - frame.ranges) / RANGE_BYTES);
  frame.found = <u32>((found - first) >> 3);
  // The first wave finds bits all over the key, and nothing hangs on them yet.
  if (frame.started > 1) touchFlips(frame, first, found);
}

/** Flips the wrong bits that the round found. */
export function flipFound(frame: Frame, found: usize): void {
  const map = passOf(frame, frame.current).map;
  const end = found + (<usize>frame.found << 3);
  for (; found < end; found += 8) {
    const from = load<u32>(found);
    const shape = load<u32>(found, 4);
    leaveTrace(map, from, shape);
    flip(frame, slotLeft(from, shape));
  }
}

/** Reads ahead what flips of the bits found will change. */
function touchFlips(frame: Frame, found: usize, end: usize): void {
  let read: u64 = 0;
  const first = passOf(frame, 0).map;
  const second = passOf(frame, 1).map;
  for (; found < end; found += 8) {
    const bit = bitIn(frame, frame.current, slotLeft(load<u32>(found), load<u32>(found, 4)));
    const word: usize = bit >> 6;
    const permuted: usize = slotOf(frame, 1, bit) >> 6;
    read += touch(first + (word << 4)) + touch(second + (permuted << 4));
    if (frame.cohort.flips) read += touch(frame.key + (word << 3)) + touch(frame.permuted + (permuted << 3));
  }
  keepTouched(read);
}

function halveSubset(frame: Frame, pass: Pass, count: u32, stream: usize, at: u32): void {
  for (let i: u32 = 0; i < count; i++, at++) {
    const range = rangeAt(frame.ranges + <usize>i * RANGE_BYTES);
    const kept = frame.ranges + <usize>frame.open * RANGE_BYTES;
    const lower = bitAt(stream, at);
    if (range.shape == 0) halveWide(frame, pass, range, lower, kept);
    else halveNarrow(range, lower, kept);
    settle(frame, pass, rangeAt(kept));
  }
}
