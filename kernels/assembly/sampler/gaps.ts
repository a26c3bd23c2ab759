// Gaps between detections as unsigned LEB128.
import { FOUND, GAP_PAIRS } from "./memory";

let from: usize = 0;
let end: usize = 0;
/** Offset of the last detection whose gap is written, or of the frame's first gate. */
let last: i64 = 0;
/** Detections at FOUND whose gaps are not written yet; whoever adds some counts them here. */
export let found: usize = 0;

export function beginGaps(at: usize, start: i64): void {
  if (load<u8>(GAP_PAIRS, 15) == 0) preparePairs();
  from = at;
  end = at;
  last = start;
  found = 0;
}

export function shiftGaps(gates: i64): void {
  writeGaps();
  last -= gates;
}

export function gapLength(): i32 {
  writeGaps();
  return <i32>(end - from);
}

/** Adds `count` detections that lie at FOUND behind the others already. */
@inline
export function addFound(count: usize): void {
  found += count;
}

@inline
function appendNumber(gap: i64): void {
  let rest = gap;
  while (rest >= 128) {
    store<u8>(end, <u8>rest | 128);
    end++;
    rest >>= 7;
  }
  store<u8>(end, <u8>rest);
  end++;
}

/** Gaps before sixteen offsets at `at`, saturated to bytes. */
@inline
function gapBytes(at: usize): v128 {
  const a = i32x4.sub(v128.load(at), v128.load(at - 4));
  const b = i32x4.sub(v128.load(at, 16), v128.load(at - 4, 16));
  const c = i32x4.sub(v128.load(at, 32), v128.load(at - 4, 32));
  const d = i32x4.sub(v128.load(at, 48), v128.load(at - 4, 48));
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** Fills the shuffles of `appendPairs`: for a mask of eight numbers, the lower byte of each, and the upper where it is one. */
function preparePairs(): void {
  for (let mask = 0; mask < 256; mask++) {
    let to = GAP_PAIRS + ((<usize>mask) << 4);
    const end = to + 16;
    for (let byte = 0; byte < 16; byte++)
      if ((byte & 1) == 0 || ((mask >> (byte >> 1)) & 1) != 0) store<u8>(to++, byte);
    for (; to < end; to++) store<u8>(to, 0xff);
  }
}

/** Appends sixteen gaps of one or two bytes each; false where one is longer. */
@inline
function appendSixteen(at: usize): bool {
  const first = eightGaps(at);
  const second = eightGaps(at + 32);
  // Lanes saturate at 2^16 - 1: a longer gap keeps an upper bit.
  const long = v128.and(v128.or(first, second), i16x8.splat(<i16>0xc000));
  if (v128.any_true(long)) return false;
  appendPairs(first);
  appendPairs(second);
  return true;
}

@inline
function eightGaps(at: usize): v128 {
  const a = i32x4.sub(v128.load(at), v128.load(at - 4));
  const b = i32x4.sub(v128.load(at, 16), v128.load(at - 4, 16));
  return i16x8.narrow_i32x4_u(a, b);
}

@inline
function appendPairs(gaps: v128): void {
  const goesOn = i16x8.gt_s(gaps, i16x8.splat(127));
  const lower = v128.or(v128.and(gaps, i16x8.splat(127)), v128.and(goesOn, i16x8.splat(128)));
  const pairs = v128.or(lower, i16x8.shl(i16x8.shr_u(gaps, 7), 8));
  const mask = i16x8.bitmask(goesOn);
  v128.store(end, i8x16.relaxed_swizzle(pairs, v128.load(GAP_PAIRS + ((<usize>mask) << 4))));
  end += 8 + <usize>popcnt(mask);
}

/** Writes the gaps before the detections found. */
export function writeGaps(): void {
  const count = found;
  if (count == 0) return;
  appendNumber(<i64>load<u32>(FOUND) - last);
  for (let i: usize = 1; i < count; i += 16) {
    const bytes = gapBytes(FOUND + (i << 2));
    const number = min<usize>(16, count - i);
    // Bytes of 128 or more stand for longer numbers; behind the last gap lies rubbish.
    if ((i8x16.bitmask(bytes) & ((1 << <i32>number) - 1)) == 0) {
      v128.store(end, bytes);
      end += number;
    } else if (number < 16 || !appendSixteen(FOUND + (i << 2)))
      for (let j = i; j < i + number; j++)
        appendNumber(<i64>(load<u32>(FOUND + (j << 2)) - load<u32>(FOUND + (j << 2) - 4)));
  }
  last = <i64>load<u32>(FOUND + ((count - 1) << 2));
  found = 0;
}
