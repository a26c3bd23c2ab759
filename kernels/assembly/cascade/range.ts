import { wordAt } from "./bitmap";
import { Frame, Pass, Range, SUBSET_GRAIN, subsetStateOf } from "./layout";
import { membersOf, subsetParity } from "./subset";
import { keyBits, keyParity } from "./key-words";
import { beginLeaf, beginLeaves } from "./leaf-map";
import { traceOf } from "./traces";

// The ranges open in a wave. A range of up to 64 slots is narrow: it carries its key bits along, so that bisecting it
// touches neither the key nor the leaf map until the wrong bit is found. Nothing else changes either while a wave runs.

@inline
export function rangeAt(at: usize): Range {
  return changetype<Range>(at);
}

@inline
export function lengthLeft(shape: u32): u32 {
  return shape >> 16;
}

@inline
export function slotLeft(from: u32, shape: u32): u32 {
  return from + ((shape >> 8) & 255);
}

/** Enters [from, to) as a wide range if it is one. */
@inline
function enterWide(range: Range, from: u32, to: u32): bool {
  range.from = from;
  if (to - from <= 64) return false;
  range.bits = to;
  range.shape = 0;
  return true;
}

/** Enters [from, to) of one of the first two passes at `at`. */
@inline
export function openDense(at: usize, map: usize, from: u32, to: u32): void {
  const range = rangeAt(at);
  if (enterWide(range, from, to)) return;
  const length = to - from;
  range.bits = keyBits(map, from, to);
  range.shape = length | (length << 16);
}

/** Enters [from, to) of a subset pass at `at`. */
export function openSubset(at: usize, frame: Frame, pass: Pass, from: u32, to: u32): void {
  const range = rangeAt(at);
  if (enterWide(range, from, to)) return;
  const length = to - from;
  const bit = from % pass.block;
  range.bits = (wordAt(subsetStateOf(frame).key, bit >> 6) >> (bit & 63)) & membersOf(frame, pass, from);
  range.shape = length | (length << 16);
}

/** Parity of the lower half of a narrow range. */
@inline
function lowerNarrow(bits: u64, length: u32): u32 {
  return <u32>popcnt<u64>(bits << (64 - ((length + 1) >> 1))) & 1;
}

/** Parity of the lower half of an open range. */
@inline
export function lowerDense(map: usize, range: Range): u32 {
  const length = lengthLeft(range.shape);
  if (length == 0) return keyParity(map, range.from, denseMiddle(range.from, <u32>range.bits));
  return lowerNarrow(range.bits, length);
}

@inline
export function lowerSubset(frame: Frame, pass: Pass, range: Range): u32 {
  const length = lengthLeft(range.shape);
  if (length == 0) return subsetParity(frame, pass, range.from, subsetMiddle(range.from, <u32>range.bits));
  return lowerNarrow(range.bits, length);
}

/** Where a wide range is cut in two. */
@inline
export function denseMiddle(from: u32, to: u32): u32 {
  return from + ((to - from + 1) >> 1);
}

/** Ranges of subsets are cut between words. */
@inline
function subsetMiddle(from: u32, to: u32): u32 {
  return from + (((((to - from) >> 6) + 1) >> 1) << 6);
}

/** Keeps the odd half of a wide range, entered at `at`; both halves become leaves. */
@inline
export function halveWideDense(map: usize, range: Range, lower: u32, at: usize): void {
  const from = range.from;
  const to = <u32>range.bits;
  const middle = denseMiddle(from, to);
  beginLeaf(map, middle);
  openDense(at, map, select<u32>(from, middle, lower), select<u32>(middle, to, lower));
}

export function halveWideSubset(frame: Frame, pass: Pass, range: Range, lower: u32, at: usize): void {
  const from = range.from;
  const to = <u32>range.bits;
  const middle = subsetMiddle(from, to);
  beginLeaf(pass.map, middle >> SUBSET_GRAIN);
  if (lower) openSubset(at, frame, pass, from, middle);
  else openSubset(at, frame, pass, middle, to);
}

/** Keeps the odd half of a narrow range, entered at `at`; returns its first slot and, in the upper half, its shape. */
@inline
export function halveNarrow(range: Range, lower: u32, at: usize): u64 {
  const place = load<u64>(changetype<usize>(range), offsetof<Range>("from"));
  const length = <u32>(place >> 48);
  const half = (length + 1) >> 1;
  // Which half is odd is a coin toss: select, do not branch.
  const cut = select<u32>(0, half, lower);
  const shed = select<u32>(length - half, half, lower);
  const halved = place + ((<u64>((cut << 8) - (shed << 16))) << 32);
  rangeAt(at).bits = range.bits >> cut;
  store<u64>(at, halved, offsetof<Range>("from"));
  return halved;
}

/** Makes leaves of all halves that were cut on the way from a narrow range to its one slot. */
@inline
export function leaveTrace(map: usize, from: u32, shape: u32): void {
  beginLeaves(map, from, traceOf(shape & 255, (shape >> 8) & 255));
}

/** Sheds halves of a narrow subset range that hold no key bit: their parity is known. */
export function shedEmpty(frame: Frame, pass: Pass, range: Range): void {
  let from = slotLeft(range.from, range.shape);
  let length = lengthLeft(range.shape);
  let bits = range.bits;
  let members = membersOf(frame, pass, from);
  while (length > 1) {
    const lower = (length + 1) >> 1;
    const upper = length - lower;
    if ((members >> lower) << (64 - upper) == 0) length = lower;
    else if (members << (64 - lower) == 0) {
      from += lower;
      length = upper;
      members >>= lower;
      bits >>= lower;
    } else break;
  }
  range.from = from;
  range.bits = bits;
  range.shape = length | (length << 16);
}
