// First events of a batch against the rows of their settings.
import { ROWS_AT } from "../sampler-layout";
import { CODES, EVENT_WORDS, TABLES, TOP_BYTES } from "./sampler-memory";

const ROWS: usize = TABLES + ROWS_AT * 4;
/** Rows without other effects than the settings. */
const PLAIN_ROWS: usize = 32;

/** Detectors that an event reaches in its row: 0x40, 0x80 or none. */
@inline
export function detectorOf(row: u32, word: u32): u32 {
  const entry = ROWS + ((<usize>row) << 3);
  const zero = <u32>(word < load<u32>(entry));
  const either = <u32>(word < load<u32>(entry, 4));
  // Zero implies either: 0x80 ^ 0xc0 = 0x40.
  return (either << 7) ^ (zero * 0xc0);
}

/** To be called when the rows change. */
export function prepareMeeting(): void {
  for (let row: usize = 0; row < PLAIN_ROWS; row++) {
    store<u8>(TOP_BYTES + row, load<u8>(ROWS + (row << 3), 3));
    store<u8>(TOP_BYTES + PLAIN_ROWS + row, load<u8>(ROWS + (row << 3), 7));
  }
}

/** Bytes of a table of 32 at sixteen indices; `other` are the indices with bit 4 flipped. */
@inline
function lookUp(tableAt: usize, index: v128, other: v128): v128 {
  return v128.or(
    i8x16.swizzle(v128.load(tableAt), index),
    i8x16.swizzle(v128.load(tableAt, 16), other),
  );
}

/** Top bytes of sixteen words. */
@inline
function topBytes(at: usize): v128 {
  return i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(i32x4.shr_s(v128.load(at), 24), i32x4.shr_s(v128.load(at, 16), 24)),
    i16x8.narrow_i32x4_s(i32x4.shr_s(v128.load(at, 32), 24), i32x4.shr_s(v128.load(at, 48), 24)),
  );
}

/**
 * First events of candidates 0..count - 1, whose rows are their settings. Top bytes decide sixteen at a time; the few
 * words that tie with a threshold in them are compared whole.
 */
export function meetFirst(count: i32): void {
  const half = i8x16.splat(<i8>0x80);
  for (let i: usize = 0; i < <usize>count; i += 16) {
    const codes = v128.load(CODES + i);
    const rows = v128.and(codes, i8x16.splat(0x1f));
    const others = v128.xor(rows, i8x16.splat(0x10));
    // Unsigned order is signed order after flipping the sign.
    const events = v128.xor(topBytes(EVENT_WORDS + (i << 2)), half);
    const toZero = v128.xor(lookUp(TOP_BYTES, rows, others), half);
    const toEither = v128.xor(lookUp(TOP_BYTES + PLAIN_ROWS, rows, others), half);
    const zero = i8x16.gt_s(toZero, events);
    const one = v128.andnot(i8x16.gt_s(toEither, events), zero);
    const clicks = v128.or(v128.and(zero, i8x16.splat(0x40)), v128.and(one, half));
    v128.store(CODES + i, v128.or(codes, clicks));
    let ties = i8x16.bitmask(v128.or(i8x16.eq(events, toZero), i8x16.eq(events, toEither)));
    for (; ties != 0; ties &= ties - 1) meetWhole(i + <usize>ctz(ties));
  }
}

function meetWhole(i: usize): void {
  const settings = <u32>load<u8>(CODES + i) & 0x3f;
  store<u8>(CODES + i, settings | detectorOf(settings & 0x1f, load<u32>(EVENT_WORDS + (i << 2))));
}
