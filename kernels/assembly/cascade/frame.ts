import { bitAt, bitsAt } from "./bitmap";
import { absorbTops, emitTops } from "./blocks";
import { DENSE_PASSES, Frame, LINE, mapOf, passOf, RANGE_BYTES } from "./layout";
import {
  denseMiddle,
  halveNarrow,
  halveWideDense,
  halveWideSubset,
  leaveTrace,
  lowerDense,
  lowerSubset,
  rangeAt,
  slotLeft,
} from "./range";
import { flipDense, settleSubset } from "./wave";
import { recordAt, touchRecord } from "./leaf-map";
import { keepTouched, touch } from "./touch";

/** Appends this round's parities to the stream at bit `at`; returns the bit after them. */
export function emitFrame(frame: Frame, stream: usize, at: u32): u32 {
  if (frame.done) return at;
  if (frame.topFirst != frame.started) return emitTops(frame, stream, at);
  return emitRanges(frame, stream, at);
}

function emitRanges(frame: Frame, stream: usize, at: u32): u32 {
  const index: u32 = frame.current;
  const dense = index < DENSE_PASSES;
  const map = mapOf(frame, index);
  const count = frame.open;
  let word: usize = stream + ((at >> 6) << 3);
  let fill: u32 = at & 63;
  let bits: u64 = fill ? load<u64>(word) : 0;
  const end = frame.ranges + <usize>count * RANGE_BYTES;
  for (let place = frame.ranges; place < end; place += RANGE_BYTES) {
    const range = rangeAt(place);
    const lower = dense ? lowerDense(map, range) : lowerSubset(frame, passOf(frame, index), range);
    bits |= (<u64>lower) << fill;
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
  if (frame.topFirst != frame.started) return absorbTops(frame, stream, at);
  const count = frame.open;
  frame.open = 0;
  if (frame.current < DENSE_PASSES) halveDense(frame, count, stream, at, found);
  else halveSubset(frame, count, stream, at);
  return at + count;
}

function halveDense(frame: Frame, count: u32, stream: usize, at: u32, found: usize): void {
  const map = mapOf(frame, frame.current);
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
        halveWideDense(map, range, lower, kept);
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
}

/** Reads ahead what is needed to halve wide ranges of the first two passes. */
export function touchWide(frame: Frame): void {
  // Ranges are wide in the first rounds of a wave of pass 1.
  if (frame.current != 1 || frame.topFirst != frame.started) return;
  const map = frame.secondMap;
  const end = frame.ranges + <usize>frame.open * RANGE_BYTES;
  let read: u64 = 0;
  for (let place = frame.ranges; place < end; place += RANGE_BYTES) {
    const range = rangeAt(place);
    if (range.shape != 0) continue;
    const from = range.from;
    const to = <u32>range.bits;
    read += touchRecord(map, from) + touchRecord(map, denseMiddle(from, to)) + touchRecord(map, to - 1);
  }
  keepTouched(read);
}

/** Reads ahead what flips of the wrong bits found in a frame will change; returns the end of those bits. */
export function touchFlips(frame: Frame, found: usize): usize {
  const end = found + (<usize>frame.found << 3);
  // The first wave finds bits all along the key, and changes no other pass.
  if (found == end || !frame.cohort.permuted) return end;
  let read: u64 = 0;
  const current: u32 = frame.current;
  const map = mapOf(frame, current);
  const other = mapOf(frame, 1 - current);
  const table = current == 0 ? frame.inverse : frame.permutation;
  for (; found < end; found += 8) {
    const slot = slotLeft(load<u32>(found), load<u32>(found, 4));
    const there: u32 = load<u16>(table + (slot << 1));
    read += touchRecord(map, slot) + touchRecord(other, there);
    // A leaf of pass 1 often begins in the line before.
    if (current == 0) read += touch(recordAt(other, there >> 6) - LINE);
  }
  keepTouched(read);
  return end;
}

/** Flips the wrong bits that the round found in a frame; returns the end of those bits. */
export function flipFound(frame: Frame, found: usize): usize {
  const end = found + (<usize>frame.found << 3);
  if (found == end) return end;
  const map = mapOf(frame, frame.current);
  for (; found < end; found += 8) {
    const from = load<u32>(found);
    const shape = load<u32>(found, 4);
    leaveTrace(map, from, shape);
    flipDense(frame, slotLeft(from, shape));
  }
  return end;
}

function halveSubset(frame: Frame, count: u32, stream: usize, at: u32): void {
  const pass = passOf(frame, frame.current);
  for (let i: u32 = 0; i < count; i++, at++) {
    const range = rangeAt(frame.ranges + <usize>i * RANGE_BYTES);
    const kept = frame.ranges + <usize>frame.open * RANGE_BYTES;
    const lower = bitAt(stream, at);
    if (range.shape == 0) halveWideSubset(frame, pass, range, lower, kept);
    else halveNarrow(range, lower, kept);
    settleSubset(frame, kept);
  }
}
