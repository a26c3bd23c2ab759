// First events of a batch against the rows of their settings.
import { ROWS_AT } from "../../sampler-layout";
import { BITS_4, BITS_6, BITS_7, CODES, EVENT_BYTES, EVENT_STREAM, NIBBLES, TABLES, TOP_BYTES } from "./memory";
import { scalarWord } from "./random";

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
    // Unsigned order is signed order after flipping the sign.
    store<u8>(TOP_BYTES + row, <u32>load<u8>(ROWS + (row << 3), 3) ^ 0x80);
    store<u8>(TOP_BYTES + PLAIN_ROWS + row, <u32>load<u8>(ROWS + (row << 3), 7) ^ 0x80);
  }
}

/** Bytes of a table of 32 at sixteen indices, of which `upper` are sixteen higher. */
@inline
function lookUp(tableAt: usize, index: v128, upper: v128): v128 {
  return i8x16.relaxed_laneselect(
    i8x16.relaxed_swizzle(v128.load(tableAt, 16), index),
    i8x16.relaxed_swizzle(v128.load(tableAt), index),
    upper,
  );
}

/** A word whose top byte is drawn already; bytes are kept in signed order. */
export function wholeWord(byte: u32): u32 {
  return ((byte ^ 0x80) << 24) | (scalarWord(EVENT_STREAM) >> 8);
}

/**
 * First events of candidates 0..count - 1, whose rows are their settings. Top bytes decide sixteen at a time; only for the
 * few that tie with a threshold's is the rest of the word drawn.
 */
export function meetFirst(count: i32): void {
  for (let i: usize = 0; i < <usize>count; i += 16) {
    const codes = v128.load(CODES + i);
    const rows = v128.and(codes, v128.load(NIBBLES));
    const upper = i8x16.eq(v128.and(codes, v128.load(BITS_4)), v128.load(BITS_4));
    const events = v128.load(EVENT_BYTES + i);
    const toZero = lookUp(TOP_BYTES, rows, upper);
    const toEither = lookUp(TOP_BYTES + PLAIN_ROWS, rows, upper);
    const zero = i8x16.gt_s(toZero, events);
    const one = v128.andnot(i8x16.gt_s(toEither, events), zero);
    const clicks = v128.or(v128.and(zero, v128.load(BITS_6)), v128.and(one, v128.load(BITS_7)));
    v128.store(CODES + i, v128.or(codes, clicks));
    const ties = v128.or(i8x16.eq(events, toZero), i8x16.eq(events, toEither));
    if (v128.any_true(ties)) meetTies(i, i8x16.bitmask(ties), count);
  }
}

function meetTies(from: usize, tied: i32, count: i32): void {
  for (let ties = tied; ties != 0; ties &= ties - 1) {
    const i = <i32>from + ctz(ties);
    if (i < count) meetWhole(i, load<u8>(CODES + <usize>i) & 0x1f);
  }
}

/** First event of a candidate in `row`, to the last bit. */
export function meetWhole(i: i32, row: u32): void {
  const code = CODES + <usize>i;
  const byte = <u32>load<u8>(EVENT_BYTES + <usize>i);
  const top = byte ^ 0x80;
  const entry = ROWS + ((<usize>row) << 3);
  const ties = top == <u32>load<u8>(entry, 3) || top == <u32>load<u8>(entry, 7);
  store<u8>(code, (<u32>load<u8>(code) & 0x3f) | detectorOf(row, ties ? wholeWord(byte) : top << 24));
}
