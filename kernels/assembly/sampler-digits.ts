// Gaps of two hexadecimal digits, sixteen at a time.
import { BATCH, DIGITS_AT } from "../sampler-layout";
import { DIGIT_BYTES, GAP_STREAM, GAP_WORDS, NIBBLES, OFFSETS, table, UPPER_NIBBLES } from "./sampler-memory";
import { scalarWord } from "./sampler-random";

const LOW_AT = DIGITS_AT + 1;
const HIGH_AT = DIGITS_AT + 17;
const ESCAPE: u32 = 15;
/** Random bytes of a batch: entries of both digits in one, what meets the low digit's threshold, the high one's. */
const ENTRIES: usize = GAP_WORDS;
const LOWS: usize = GAP_WORDS + BATCH;
const HIGHS: usize = GAP_WORDS + 2 * BATCH;

/** To be called when the tables change. */
export function prepareDigits(): void {
  for (let i: i32 = 0; i < 16; i++) {
    const at = DIGIT_BYTES + <usize>i;
    const low = table(LOW_AT + i);
    const high = table(HIGH_AT + i);
    store<u8>(at, (low >> 24) ^ 0x80);
    store<u8>(at, low & 15, 16);
    store<u8>(at, (high >> 24) ^ 0x80, 32);
    store<u8>(at, (high & 15) << 4, 48);
  }
}

/** Draws the offsets of a whole batch. */
export function drawDigitOffsets(origin: u32): void {
  const lowEnds = v128.load(DIGIT_BYTES);
  const lowAliases = v128.load(DIGIT_BYTES, 16);
  const highEnds = v128.load(DIGIT_BYTES, 32);
  const highAliases = v128.load(DIGIT_BYTES, 48);
  const nibble = v128.load(NIBBLES);
  const escape = v128.load(UPPER_NIBBLES);
  let next = origin;
  for (let at: usize = 0; at < <usize>BATCH; at += 16) {
    const entries = v128.load(ENTRIES + at);
    const lows = v128.load(LOWS + at);
    const highs = v128.load(HIGHS + at);
    const lowEntry = v128.and(entries, nibble);
    const highEntry = v128.and(i16x8.shr_u(entries, 4), nibble);
    const lowEnd = i8x16.relaxed_swizzle(lowEnds, lowEntry);
    const highEnd = i8x16.relaxed_swizzle(highEnds, highEntry);
    const low = i8x16.relaxed_laneselect(lowEntry, i8x16.relaxed_swizzle(lowAliases, lowEntry), i8x16.gt_s(lowEnd, lows));
    const high = i8x16.relaxed_laneselect(
      v128.and(entries, escape),
      i8x16.relaxed_swizzle(highAliases, highEntry),
      i8x16.gt_s(highEnd, highs),
    );
    const gaps = v128.or(low, high);
    const rare = v128.or(
      v128.or(i8x16.eq(lows, lowEnd), i8x16.eq(highs, highEnd)),
      i8x16.eq(high, escape),
    );
    next = v128.any_true(rare) ? rareOffsets(at, next, gaps, i8x16.bitmask(rare)) : addGaps(at, next, gaps);
  }
}

/** Writes sixteen offsets from their gaps on; returns where the next gap begins. */
@inline
function addGaps(at: usize, next: u32, gaps: v128): u32 {
  const zero = i16x8.splat(0);
  // Two digits that do not escape leave room for one.
  const steps = i8x16.sub(gaps, i8x16.eq(gaps, gaps));
  let a = i16x8.extend_low_i8x16_u(steps);
  let b = i16x8.extend_high_i8x16_u(steps);
  a = i16x8.add(a, v128.shuffle<u16>(zero, a, 7, 8, 9, 10, 11, 12, 13, 14));
  b = i16x8.add(b, v128.shuffle<u16>(zero, b, 7, 8, 9, 10, 11, 12, 13, 14));
  a = i16x8.add(a, v128.shuffle<u16>(zero, a, 6, 7, 8, 9, 10, 11, 12, 13));
  b = i16x8.add(b, v128.shuffle<u16>(zero, b, 6, 7, 8, 9, 10, 11, 12, 13));
  a = i16x8.add(a, v128.shuffle<u16>(zero, a, 4, 5, 6, 7, 8, 9, 10, 11));
  b = i16x8.add(b, v128.shuffle<u16>(zero, b, 4, 5, 6, 7, 8, 9, 10, 11));
  b = i16x8.add(b, v128.shuffle<u16>(a, a, 7, 7, 7, 7, 7, 7, 7, 7));
  // The sums count each candidate's own gate too.
  const base = i32x4.splat(next - 1);
  const to = OFFSETS + (at << 2);
  v128.store(to, i32x4.add(base, i32x4.extend_low_i16x8_u(a)));
  v128.store(to, i32x4.add(base, i32x4.extend_high_i16x8_u(a)), 16);
  v128.store(to, i32x4.add(base, i32x4.extend_low_i16x8_u(b)), 32);
  v128.store(to, i32x4.add(base, i32x4.extend_high_i16x8_u(b)), 48);
  return next + <u32>i16x8.extract_lane_u(b, 7);
}

/** The same where a byte ties with a threshold's or a gap is longer than two digits. */
function rareOffsets(at: usize, from: u32, gaps: v128, rare: i32): u32 {
  const to = OFFSETS + (at << 2);
  const a = i16x8.extend_low_i8x16_u(gaps);
  const b = i16x8.extend_high_i8x16_u(gaps);
  v128.store(to, i32x4.extend_low_i16x8_u(a));
  v128.store(to, i32x4.extend_high_i16x8_u(a), 16);
  v128.store(to, i32x4.extend_low_i16x8_u(b), 32);
  v128.store(to, i32x4.extend_high_i16x8_u(b), 48);
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
  const low = wholeDigit(LOW_AT, entries & 15, load<u8>(LOWS + i));
  let high = wholeDigit(HIGH_AT, entries >> 4, load<u8>(HIGHS + i));
  let gap = 16 * high + low;
  while (high == ESCAPE) {
    const word = scalarWord(GAP_STREAM);
    const index = word >> 28;
    const entry = table(HIGH_AT + index);
    high = select(index, entry & 15, (word & 0xfffffff) < entry >> 4);
    gap += 16 * high;
  }
  return gap;
}

/** The byte decides unless it ties: only then the other twenty bits are drawn. */
function wholeDigit(at: i32, index: u32, byte: u32): u32 {
  const entry = table(at + index);
  const end = entry >> 4;
  const top = byte ^ 0x80;
  const isBelow =
    top == end >> 20 ? scalarWord(GAP_STREAM) >> 12 < (end & 0xfffff) : top < end >> 20;
  return isBelow ? index : entry & 15;
}
