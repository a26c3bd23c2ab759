import {
  BATCH,
  EVENT_NUMBER_AT,
  FLAG_JITTER,
  FLAG_PREVIOUS,
  FLAG_SUBSTITUTION,
  FLAGS_AT,
  GAP_AT,
  ROWS_AT,
  WINDOW_GATES,
} from "../sampler-layout";
import {
  BEFORE,
  CODES,
  EVENT_STREAM,
  EVENT_WORDS,
  GAP_STREAM,
  GAP_WORDS,
  NUMBER_WORDS,
  OFFSETS,
  RECEIVER_FIRST,
  ROW_OF,
  SENDER_FIRST,
  SENDER_SECOND,
  TABLES,
  table,
} from "./sampler-memory";
import { drawGeometric, drawNumber, laneWords, scalarWord, severalThreshold } from "./sampler-random";
import { philoxBatch } from "./sampler-philox";
import { receiverCode, senderCode, senderCodeOf, substitutedStates } from "./sampler-settings";

const ROWS: usize = TABLES + ROWS_AT * 4;
const GAP_ALIAS: usize = TABLES + (GAP_AT + 32) * 4;

/** Draws the next batch of candidates from `origin` on; returns how many lie in the window. */
export function drawBatch(origin: u32, windowLow: u32, windowHigh: u32): i32 {
  laneWords(GAP_WORDS);
  laneWords(EVENT_WORDS);
  laneWords(NUMBER_WORDS);
  const count = drawOffsets(origin);
  philoxBatch(count, windowLow, windowHigh);
  for (let i = 0; i < count; i += 4) drawSettings(i, windowLow, windowHigh);
  const several = i32x4.splat(severalThreshold());
  for (let i = 0; i < count; i += 4) {
    meet(i);
    meet(i + 1);
    meet(i + 2);
    meet(i + 3);
    const mask = i32x4.bitmask(i32x4.lt_u(v128.load(NUMBER_WORDS + ((<usize>i) << 2)), several));
    if (mask != 0)
      for (let lane = 0; lane < 4; lane++) if ((mask >> lane) & 1 && i + lane < count) meetMore(i + lane);
  }
  return count;
}

function drawOffsets(origin: u32): i32 {
  const shifted = table(GAP_AT) != 0;
  let next = origin;
  for (let i = 0; i < BATCH; i++) {
    const at = (<usize>i) << 2;
    const word = load<u32>(GAP_WORDS + at);
    const index = word >> 24;
    const entry = load<u32>(GAP_ALIAS + ((<usize>index) << 2));
    let gap = select(index, entry & 255, (word & 0xffffff) < entry >> 8);
    if (shifted || gap == 255) gap = drawGeometric(GAP_AT, word, GAP_STREAM);
    const offset = next + gap;
    if (offset >= <u32>WINDOW_GATES) return i;
    store<u32>(OFFSETS + at, offset);
    next = offset + 1;
  }
  return BATCH;
}

/** Settings and table rows of candidates i to i + 3. */
@inline
function drawSettings(i: i32, windowLow: u32, windowHigh: u32): void {
  const at = (<usize>i) << 2;
  const flags = table(FLAGS_AT);
  const low = i32x4.add(v128.load(OFFSETS + at), i32x4.splat(windowLow));
  const sender = senderCode(v128.load(SENDER_FIRST + at), v128.load(SENDER_SECOND + at));
  const code = v128.or(v128.and(sender, i32x4.splat(0xff)), receiverCode(v128.load(RECEIVER_FIRST + at)));
  let row = v128.and(code, i32x4.splat(0x1f));
  if ((flags & FLAG_SUBSTITUTION) != 0)
    row = v128.or(
      v128.and(row, i32x4.splat(0x1c)),
      substitutedStates(low, windowHigh, v128.and(sender, i32x4.splat(3))),
    );
  if ((flags & FLAG_PREVIOUS) != 0) row = v128.or(row, precedingLevels(at, low, windowHigh));
  if ((flags & FLAG_JITTER) != 0) row = v128.or(row, i32x4.shl(i32x4.shr_u(sender, 8), 7));
  v128.store(ROW_OF + at, row);
  const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(code, code), i16x8.splat(0));
  store<u32>(CODES + <usize>i, <u32>i32x4.extract_lane(bytes, 0));
}

/** Row bits of the level one gate earlier; keeps those gates' codes for counting. */
function precedingLevels(at: usize, low: v128, windowHigh: u32): v128 {
  const before = i32x4.sub(low, i32x4.splat(1));
  let earlier = senderCodeOf(before, windowHigh);
  // Before gate 0 of a high word lies the last gate of the word before it; only lane 0 can be there.
  if (i32x4.extract_lane(low, 0) == 0)
    earlier = i32x4.replace_lane(
      earlier,
      0,
      i32x4.extract_lane(senderCodeOf(i32x4.splat(-1), windowHigh - 1), 0),
    );
  v128.store(BEFORE + at, v128.and(earlier, i32x4.splat(0xd)));
  return i32x4.shl(v128.and(i32x4.shr_u(earlier, 2), i32x4.splat(3)), 5);
}

/** Detectors that an event reaches in its row: 0x40, 0x80 or none. */
@inline
function detectorOf(row: u32, word: u32): u32 {
  const entry = ROWS + ((<usize>row) << 3);
  const zero = <u32>(word < load<u32>(entry));
  const either = <u32>(word < load<u32>(entry, 4));
  // Zero implies either: 0x80 ^ 0xc0 = 0x40.
  return (either << 7) ^ (zero * 0xc0);
}

/** First event of a candidate. */
@inline
function meet(i: i32): void {
  const at = (<usize>i) << 2;
  const code = CODES + <usize>i;
  store<u8>(code, <u32>load<u8>(code) | detectorOf(load<u32>(ROW_OF + at), load<u32>(EVENT_WORDS + at)));
}

/** Further events of a candidate that has several. */
function meetMore(i: i32): void {
  const at = (<usize>i) << 2;
  const row = load<u32>(ROW_OF + at);
  let clicks: u32 = 0;
  for (let left = drawNumber(EVENT_NUMBER_AT, load<u32>(NUMBER_WORDS + at)); left > 1; left--)
    clicks |= detectorOf(row, scalarWord(EVENT_STREAM));
  const code = CODES + <usize>i;
  store<u8>(code, <u32>load<u8>(code) | clicks);
}
