import { bitAt } from "./bitmap";
import { CELL_PASS, Frame, Pass, passOf, RANGE_BYTES } from "./cascade-layout";
import { bitIn, blockCount, passCells, passParity, slotOf, toggle } from "./cascade-pass";
import { maskParity, toggleWhole } from "./cascade-masks";
import { halveNarrow, halveWide, leaveTrace, lengthLeft, lowerParity, rangeAt, slotLeft } from "./cascade-range";
import { flip, nextWave, settle } from "./cascade-wave";
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

/** Takes the differences of this round's parities from the stream at bit `at`; returns the bit after them. */
export function absorbFrame(frame: Frame, stream: usize, at: u32): u32 {
  if (frame.done) return at;
  if (frame.topFirst == frame.started) {
    const pass = passOf(frame, frame.current);
    const count = frame.open;
    frame.open = 0;
    if (pass.grain == 0) absorbDense(frame, pass, count, stream, at);
    else absorbSubset(frame, pass, count, stream, at);
    at += count;
  } else {
    for (; frame.topFirst < frame.started; frame.topFirst++) at = absorbBlocks(frame, frame.topFirst, stream, at);
  }
  if (frame.open == 0) nextWave(frame);
  return at;
}

function absorbBlocks(frame: Frame, index: u32, stream: usize, at: u32): u32 {
  if (index > CELL_PASS) {
    if (bitAt(stream, at)) toggleWhole(frame, index);
    return at + 1;
  }
  const pass = passOf(frame, index);
  const count = comparedBlocks(pass, index);
  let last: u32 = 0;
  for (let i: u32 = 0; i < count; i++, at++) {
    if (!bitAt(stream, at)) continue;
    last ^= 1;
    toggle(frame, index, i * pass.block);
  }
  if (index > 0 && last) toggle(frame, index, count * pass.block);
  return at;
}

/** Wrong bits found in a round, until they are flipped: where the range began and its shape. */
const FOUND: usize = memory.data(8 * 4096, 8);

function absorbDense(frame: Frame, pass: Pass, count: u32, stream: usize, at: u32): void {
  const end = frame.ranges + <usize>count * RANGE_BYTES;
  let kept = frame.ranges;
  let found = FOUND;
  for (let place = frame.ranges; place < end; place += RANGE_BYTES, at++) {
    const range = rangeAt(place);
    const lower = bitAt(stream, at);
    if (range.shape == 0) {
      halveWide(frame, pass, range, lower, kept);
      kept += RANGE_BYTES;
      continue;
    }
    const shape = halveNarrow(range, lower, kept);
    const one = <usize>(lengthLeft(shape) == 1);
    store<u32>(found, range.from);
    store<u32>(found, shape, 4);
    found += one << 3;
    kept += RANGE_BYTES - one * RANGE_BYTES;
  }
  frame.open = <u32>((kept - frame.ranges) / RANGE_BYTES);
  touchFlips(frame, pass, found);
  for (let place = FOUND; place < found; place += 8) {
    const from = load<u32>(place);
    const shape = load<u32>(place, 4);
    leaveTrace(pass.map, from, shape);
    flip(frame, slotLeft(from, shape));
  }
}

/** Reads ahead what flips of the bits found will change. */
function touchFlips(frame: Frame, pass: Pass, end: usize): void {
  let read: u64 = 0;
  const first = passOf(frame, 0).map;
  const second = passOf(frame, 1).map;
  const begun = frame.started > 1;
  for (let place = FOUND; place < end; place += 8) {
    const slot = slotLeft(load<u32>(place), load<u32>(place, 4));
    const bit = bitIn(frame, frame.current, slot);
    const word: usize = bit >> 6;
    const permuted: usize = slotOf(frame, 1, bit) >> 6;
    read += touch(first + (word << 4));
    if (begun) read += touch(second + (permuted << 4));
    if (frame.cohort.flips) read += touch(frame.key + (word << 3)) + touch(frame.permuted + (permuted << 3));
  }
  keepTouched(read);
}

function absorbSubset(frame: Frame, pass: Pass, count: u32, stream: usize, at: u32): void {
  for (let i: u32 = 0; i < count; i++, at++) {
    const range = rangeAt(frame.ranges + <usize>i * RANGE_BYTES);
    const kept = frame.ranges + <usize>frame.open * RANGE_BYTES;
    const lower = bitAt(stream, at);
    if (range.shape == 0) halveWide(frame, pass, range, lower, kept);
    else halveNarrow(range, lower, kept);
    settle(frame, pass, rangeAt(kept));
  }
}
