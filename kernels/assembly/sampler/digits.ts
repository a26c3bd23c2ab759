// Gaps of two or three hexadecimal digits, sixteen at a time.
import { BATCH, DIGITS_AT } from "../../sampler-layout";
import { DIGIT_BYTES, GAP_STREAM, GAP_WORDS, NIBBLES, OFFSETS, table, UPPER_NIBBLES } from "./memory";
import { scalarWord } from "./random";

const ENTRIES_AT = DIGITS_AT + 1;
const ESCAPE: u32 = 15;
/**
 * Random bytes of a batch: entries of the two lower digits in one and what meets their thresholds; the same of a third
 * digit.
 */
const ENTRIES: usize = GAP_WORDS;
const LOWS: usize = GAP_WORDS + BATCH;
const MIDDLES: usize = GAP_WORDS + 2 * BATCH;
const TOP_ENTRIES: usize = GAP_WORDS + 3 * BATCH;
const TOPS: usize = GAP_WORDS + 4 * BATCH;

/** Bytes a candidate that gaps of so many digits are drawn from. */
@inline
export function digitBytes(digits: u32): usize {
  return digits == 3 ? 5 : 3;
}

/** To be called when the tables change. */
export function prepareDigits(): void {
  for (let digit: usize = 0; digit < 3; digit++)
    for (let i: usize = 0; i < 16; i++) {
      const entry = table(ENTRIES_AT + 16 * <i32>digit + <i32>i);
      const at = DIGIT_BYTES + 32 * digit + i;
      store<u8>(at, (entry >> 24) ^ 0x80);
      // The middle digit stands in the upper half of its byte.
      store<u8>(at, digit == 1 ? (entry & 15) << 4 : entry & 15, 16);
    }
}

/** Draws the offsets of a whole batch. */
export function drawDigitOffsets(origin: u32): void {
  const hasTop = table(DIGITS_AT) == 3;
  const lowEnds = v128.load(DIGIT_BYTES);
  const lowAliases = v128.load(DIGIT_BYTES, 16);
  const middleEnds = v128.load(DIGIT_BYTES, 32);
  const middleAliases = v128.load(DIGIT_BYTES, 48);
  const nibble = v128.load(NIBBLES);
  const upper = v128.load(UPPER_NIBBLES);
  let next = origin;
  for (let at: usize = 0; at < <usize>BATCH; at += 16) {
    const entries = v128.load(ENTRIES + at);
    const lows = v128.load(LOWS + at);
    const middles = v128.load(MIDDLES + at);
    const lowEntry = v128.and(entries, nibble);
    const middleEntry = v128.and(i16x8.shr_u(entries, 4), nibble);
    const lowEnd = i8x16.relaxed_swizzle(lowEnds, lowEntry);
    const middleEnd = i8x16.relaxed_swizzle(middleEnds, middleEntry);
    const low = i8x16.relaxed_laneselect(lowEntry, i8x16.relaxed_swizzle(lowAliases, lowEntry), i8x16.gt_s(lowEnd, lows));
    const middle = i8x16.relaxed_laneselect(
      v128.and(entries, upper),
      i8x16.relaxed_swizzle(middleAliases, middleEntry),
      i8x16.gt_s(middleEnd, middles),
    );
    const gaps = v128.or(low, middle);
    let rare = v128.or(i8x16.eq(lows, lowEnd), i8x16.eq(middles, middleEnd));
    let top = i8x16.splat(0);
    if (hasTop) {
      const tops = v128.load(TOPS + at);
      const topEntry = v128.and(v128.load(TOP_ENTRIES + at), nibble);
      const topEnd = i8x16.relaxed_swizzle(v128.load(DIGIT_BYTES, 64), topEntry);
      const topAlias = i8x16.relaxed_swizzle(v128.load(DIGIT_BYTES, 80), topEntry);
      top = i8x16.relaxed_laneselect(topEntry, topAlias, i8x16.gt_s(topEnd, tops));
      rare = v128.or(rare, v128.or(i8x16.eq(tops, topEnd), i8x16.eq(top, nibble)));
    } else rare = v128.or(rare, i8x16.eq(middle, upper));
    next = v128.any_true(rare)
      ? rareOffsets(at, next, lowerHalf(gaps, top), upperHalf(gaps, top), i8x16.bitmask(rare))
      : addGaps(at, next, lowerHalf(gaps, top), upperHalf(gaps, top));
  }
}

/** Eight gaps of sixteen bits. */
@inline
function lowerHalf(gaps: v128, top: v128): v128 {
  return v128.shuffle<u8>(gaps, top, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

@inline
function upperHalf(gaps: v128, top: v128): v128 {
  return v128.shuffle<u8>(gaps, top, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Writes sixteen offsets from their gaps on, all below 3840; returns where the next gap begins. */
@inline
function addGaps(at: usize, next: u32, lower: v128, upper: v128): u32 {
  const zero = i16x8.splat(0);
  // The sums count each candidate's own gate too; sixteen fit 16 bits.
  const one = i16x8.splat(1);
  let a = i16x8.add(lower, one);
  let b = i16x8.add(upper, one);
  a = i16x8.add(a, v128.shuffle<u16>(zero, a, 7, 8, 9, 10, 11, 12, 13, 14));
  b = i16x8.add(b, v128.shuffle<u16>(zero, b, 7, 8, 9, 10, 11, 12, 13, 14));
  a = i16x8.add(a, v128.shuffle<u16>(zero, a, 6, 7, 8, 9, 10, 11, 12, 13));
  b = i16x8.add(b, v128.shuffle<u16>(zero, b, 6, 7, 8, 9, 10, 11, 12, 13));
  a = i16x8.add(a, v128.shuffle<u16>(zero, a, 4, 5, 6, 7, 8, 9, 10, 11));
  b = i16x8.add(b, v128.shuffle<u16>(zero, b, 4, 5, 6, 7, 8, 9, 10, 11));
  b = i16x8.add(b, v128.shuffle<u16>(a, a, 7, 7, 7, 7, 7, 7, 7, 7));
  const base = i32x4.splat(next - 1);
  const to = OFFSETS + (at << 2);
  v128.store(to, i32x4.add(base, i32x4.extend_low_i16x8_u(a)));
  v128.store(to, i32x4.add(base, i32x4.extend_high_i16x8_u(a)), 16);
  v128.store(to, i32x4.add(base, i32x4.extend_low_i16x8_u(b)), 32);
  v128.store(to, i32x4.add(base, i32x4.extend_high_i16x8_u(b)), 48);
  return next + <u32>i16x8.extract_lane_u(b, 7);
}

/** The same where a byte ties with a threshold's or a gap has more digits. */
function rareOffsets(at: usize, from: u32, lower: v128, upper: v128, rare: i32): u32 {
  const to = OFFSETS + (at << 2);
  v128.store(to, i32x4.extend_low_i16x8_u(lower));
  v128.store(to, i32x4.extend_high_i16x8_u(lower), 16);
  v128.store(to, i32x4.extend_low_i16x8_u(upper), 32);
  v128.store(to, i32x4.extend_high_i16x8_u(upper), 48);
  for (let lanes = rare; lanes != 0; lanes &= lanes - 1) {
    const lane = <usize>ctz(lanes);
    store<u32>(to + (lane << 2), wholeGap(at + lane));
  }
  let next = from;
  for (let lane: usize = 0; lane < 16; lane++) {
    next += load<u32>(to + (lane << 2));
    store<u32>(to + (lane << 2), next);
    next++;
  }
  return next;
}

function wholeGap(i: usize): u32 {
  const entries = <u32>load<u8>(ENTRIES + i);
  let highest = 1;
  let gap = wholeDigit(0, entries & 15, load<u8>(LOWS + i));
  let last = wholeDigit(1, entries >> 4, load<u8>(MIDDLES + i));
  gap += last << 4;
  if (table(DIGITS_AT) == 3) {
    highest = 2;
    last = wholeDigit(2, <u32>load<u8>(TOP_ENTRIES + i) & 15, load<u8>(TOPS + i));
    gap += last << 8;
  }
  while (last == ESCAPE) {
    const word = scalarWord(GAP_STREAM);
    const index = word >> 28;
    const entry = table(ENTRIES_AT + 16 * highest + index);
    last = select(index, entry & 15, (word & 0xfffffff) < entry >> 4);
    gap += last << (4 * highest);
  }
  return gap;
}

/** The byte decides unless it ties: only then the other twenty bits are drawn. */
function wholeDigit(digit: i32, index: u32, byte: u32): u32 {
  const entry = table(ENTRIES_AT + 16 * digit + index);
  const end = entry >> 4;
  const top = byte ^ 0x80;
  const isBelow =
    top == end >> 20 ? scalarWord(GAP_STREAM) >> 12 < (end & 0xfffff) : top < end >> 20;
  return isBelow ? index : entry & 15;
}
