// Gaps of two or three hexadecimal digits, sixteen at a time.
import { BATCH, DIGITS_AT } from "../sampler-layout";
import { DIGIT_BYTES, GAP_BYTES, GAP_STREAM, GAP_WORDS, OFFSETS, table } from "./sampler-memory";
import { scalarWord } from "./sampler-random";

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
      store<u8>(at, entry & 15, 16);
    }
}

/** Draws the offsets of a whole batch. */
export function drawDigitOffsets(origin: u32): void {
  const hasTop = table(DIGITS_AT) == 3;
  const nibble = i8x16.splat(15);
  const escape = i8x16.splat(<i8>ESCAPE);
  let next = origin;
  for (let at: usize = 0; at < <usize>BATCH; at += 16) {
    const entries = v128.load(ENTRIES + at);
    const lowEntry = v128.and(entries, nibble);
    const middleEntry = v128.and(i16x8.shr_u(entries, 4), nibble);
    const low = digit(0, lowEntry, LOWS + at);
    const middle = digit(1, middleEntry, MIDDLES + at);
    let rare = v128.or(ties(0, lowEntry, LOWS + at), ties(1, middleEntry, MIDDLES + at));
    let top = i8x16.splat(0);
    if (hasTop) {
      const topEntry = v128.and(v128.load(TOP_ENTRIES + at), nibble);
      top = digit(2, topEntry, TOPS + at);
      rare = v128.or(rare, v128.or(ties(2, topEntry, TOPS + at), i8x16.eq(top, escape)));
    } else rare = v128.or(rare, i8x16.eq(middle, escape));
    const gaps = v128.or(low, i16x8.shl(middle, 4));
    next = v128.any_true(rare)
      ? rareOffsets(at, next, gaps, top, i8x16.bitmask(rare))
      : addGaps(at, next, gaps, top);
  }
}

/** Sixteen values of one digit by its table. */
@inline
function digit(index: usize, entries: v128, bytes: usize): v128 {
  const ends = i8x16.swizzle(v128.load(DIGIT_BYTES + 32 * index), entries);
  const aliases = i8x16.swizzle(v128.load(DIGIT_BYTES + 32 * index, 16), entries);
  return v128.bitselect(entries, aliases, i8x16.gt_s(ends, v128.load(bytes)));
}

/** Where a byte ties with its threshold's and more bits must decide. */
@inline
function ties(index: usize, entries: v128, bytes: usize): v128 {
  return i8x16.eq(v128.load(bytes), i8x16.swizzle(v128.load(DIGIT_BYTES + 32 * index), entries));
}

/** Writes sixteen offsets from their gaps on, all below 3840; returns where the next gap begins. */
@inline
function addGaps(at: usize, next: u32, gaps: v128, top: v128): u32 {
  const zero = i16x8.splat(0);
  // The sums count each candidate's own gate too; sixteen fit 16 bits.
  const one = i16x8.splat(1);
  let a = i16x8.add(i16x8.add(i16x8.extend_low_i8x16_u(gaps), one), i16x8.shl(i16x8.extend_low_i8x16_u(top), 8));
  let b = i16x8.add(
    i16x8.add(i16x8.extend_high_i8x16_u(gaps), one),
    i16x8.shl(i16x8.extend_high_i8x16_u(top), 8),
  );
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
function rareOffsets(at: usize, from: u32, gaps: v128, top: v128, rare: i32): u32 {
  v128.store(GAP_BYTES, gaps);
  v128.store(GAP_BYTES, top, 16);
  let next = from;
  for (let i: usize = 0; i < 16; i++) {
    const isRare = ((rare >> <i32>i) & 1) != 0;
    next += isRare ? wholeGap(at + i) : <u32>load<u8>(GAP_BYTES + i) + (<u32>load<u8>(GAP_BYTES + i, 16) << 8);
    store<u32>(OFFSETS + ((at + i) << 2), next);
    next++;
  }
  return next;
}

function wholeGap(i: usize): u32 {
  const entries = <u32>load<u8>(ENTRIES + i);
  let highest = 1;
  let value = wholeDigit(0, entries & 15, load<u8>(LOWS + i));
  let last = wholeDigit(1, entries >> 4, load<u8>(MIDDLES + i));
  value += last << 4;
  if (table(DIGITS_AT) == 3) {
    highest = 2;
    last = wholeDigit(2, <u32>load<u8>(TOP_ENTRIES + i) & 15, load<u8>(TOPS + i));
    value += last << 8;
  }
  while (last == ESCAPE) {
    const word = scalarWord(GAP_STREAM);
    const index = word >> 28;
    const entry = table(ENTRIES_AT + 16 * highest + index);
    last = select(index, entry & 15, (word & 0xfffffff) < entry >> 4);
    value += last << (4 * highest);
  }
  return value;
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
