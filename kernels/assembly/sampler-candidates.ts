import {
  BATCH,
  EVENT_NUMBER_AT,
  FLAG_JITTER,
  FLAG_PREVIOUS,
  FLAG_SPLIT,
  FLAG_SUBSTITUTION,
  FLAGS_AT,
  GAP_AT,
  LEVEL_AT,
  RECEIVER_BASIS_AT,
  SENDER_BASIS_AT,
  SEVERAL_AT,
  WINDOW_GATES,
} from "../sampler-layout";
import {
  BEFORE,
  CODES,
  EVENT_STREAM,
  EVENT_WORDS,
  GAP_STREAM,
  GAP_WORDS,
  OFFSETS,
  ONES,
  RECEIVER_WORDS,
  ROW_OF,
  SENDER_FIRST,
  SENDER_SECOND,
  TABLES,
  table,
} from "./sampler-memory";
import { drawGeometric, drawNumber, laneWords, scalarWord } from "./sampler-random";
import { detectorOf, meetFirst, prepareMeeting } from "./sampler-meeting";
import { mixBatch } from "./sampler-mix";
import { philoxBatch } from "./sampler-philox";
import { splitClicks } from "./sampler-splitting";
import { receiverCode, senderCode, senderCodeOf, substitutedStates } from "./sampler-settings";

const GAP_ALIAS: usize = TABLES + (GAP_AT + 32) * 4;

/** Candidates with a single event before one holds several. */
let untilSeveral: u32 = 0;

export function reloadCandidates(): void {
  untilSeveral = drawUntilSeveral();
  prepareMeeting();
}

function drawUntilSeveral(): u32 {
  const first = scalarWord(EVENT_STREAM);
  return drawGeometric(SEVERAL_AT, first, EVENT_STREAM);
}

/** Draws the next batch of candidates from `origin` on; returns how many lie in the window. */
export function drawBatch(origin: u32, windowLow: u32, windowHigh: u32): i32 {
  laneWords(GAP_WORDS);
  laneWords(EVENT_WORDS);
  const count = drawOffsets(origin);
  philoxBatch(count, windowLow, windowHigh);
  mixBatch(count, windowLow);
  if ((table(FLAGS_AT) & FLAG_SPLIT) != 0) {
    readSettings(count);
    for (let i = 0; i < count; i++) meetSplit(i);
    return count;
  }
  if ((table(FLAGS_AT) & (FLAG_SUBSTITUTION | FLAG_PREVIOUS | FLAG_JITTER)) == 0) {
    readSettings(count);
    meetFirst(count);
  } else {
    for (let i = 0; i < count; i += 4) drawSettings(i, windowLow, windowHigh);
    for (let i = 0; i < count; i++) meet(i, load<u32>(ROW_OF + ((<usize>i) << 2)));
  }
  let next: u32 = 0;
  while (untilSeveral < <u32>count - next) {
    next += untilSeveral;
    meetMore(next);
    next++;
    untilSeveral = drawUntilSeveral();
  }
  untilSeveral -= <u32>count - next;
  return count;
}

/** Code bytes of a batch whose rows depend on nothing else. */
function readSettings(count: i32): void {
  const one = v128.load(ONES);
  // Words have 31 and 29 bits, so signed comparisons serve; one less turns "at least" into "above".
  const senderBasis = i32x4.splat(table(SENDER_BASIS_AT) - 1);
  const receiverBasis = i32x4.splat(table(RECEIVER_BASIS_AT) - 1);
  const lowLevel = i32x4.splat(table(LEVEL_AT) - 1);
  const highLevel = i32x4.splat(table(LEVEL_AT + 1) - 1);
  const end = (<usize>count) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const first = v128.load(SENDER_FIRST + at);
    const other = v128.load(RECEIVER_WORDS + at);
    const level = i32x4.shr_u(v128.load(SENDER_SECOND + at), 3);
    // A true comparison is -1: subtracting it adds one.
    const levels = i32x4.add(i32x4.gt_s(level, lowLevel), i32x4.gt_s(level, highLevel));
    const bits = v128.or(i32x4.shl(v128.and(first, one), 1), i32x4.shl(v128.and(other, one), 5));
    const sender = i32x4.add(i32x4.gt_s(i32x4.shr_u(first, 1), senderBasis), i32x4.shl(levels, 2));
    const receiver = i32x4.shl(i32x4.gt_s(i32x4.shr_u(other, 1), receiverBasis), 4);
    const code = i32x4.sub(bits, i32x4.add(sender, receiver));
    const pairs = i16x8.narrow_i32x4_u(code, code);
    store<u32>(CODES + (at >> 2), <u32>i32x4.extract_lane(i8x16.narrow_i16x8_u(pairs, pairs), 0));
  }
}

function drawOffsets(origin: u32): i32 {
  const count = table(GAP_AT) == 0 ? drawCloseOffsets(origin) : drawFarOffsets(origin);
  let inside = count;
  while (inside > 0 && load<u32>(OFFSETS + ((<usize>(inside - 1)) << 2)) >= <u32>WINDOW_GATES) inside--;
  return inside;
}

/** Offsets whose gaps are one alias draw each, but for the rare escape. */
function drawCloseOffsets(origin: u32): i32 {
  let next = origin;
  for (let at: usize = 0; at < <usize>BATCH * 4; at += 4) {
    const word = load<u32>(GAP_WORDS + at);
    const index = word >> 24;
    const entry = load<u32>(GAP_ALIAS + ((<usize>index) << 2));
    let gap = select(index, entry & 255, (word & 0xffffff) < entry >> 8);
    if (gap == 255) {
      // Past the window nothing more is drawn from the stream of rare words.
      if (next > <u32>WINDOW_GATES) return <i32>(at >> 2);
      gap = drawGeometric(GAP_AT, word, GAP_STREAM);
    }
    next += gap;
    store<u32>(OFFSETS + at, next);
    next++;
  }
  return BATCH;
}

/** Offsets whose gaps need further words each. */
function drawFarOffsets(origin: u32): i32 {
  let next = origin;
  for (let i = 0; i < BATCH; i++) {
    const at = (<usize>i) << 2;
    const offset = next + drawGeometric(GAP_AT, load<u32>(GAP_WORDS + at), GAP_STREAM);
    store<u32>(OFFSETS + at, offset);
    if (offset >= <u32>WINDOW_GATES) return i;
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
  const code = v128.or(v128.and(sender, i32x4.splat(0xff)), receiverCode(v128.load(RECEIVER_WORDS + at)));
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

/** First event of a candidate in `row`. */
@inline
function meet(i: i32, row: u32): void {
  const code = CODES + <usize>i;
  store<u8>(code, <u32>load<u8>(code) | detectorOf(row, load<u32>(EVENT_WORDS + ((<usize>i) << 2))));
}

/** All events of a candidate whose pulse may have been split. */
@inline
function meetSplit(i: i32): void {
  const at = CODES + <usize>i;
  const code = <u32>load<u8>(at);
  store<u8>(at, code | splitClicks(code, load<u32>(EVENT_WORDS + ((<usize>i) << 2))));
}

/** Further events of a candidate that has several. */
function meetMore(i: u32): void {
  const code = CODES + <usize>i;
  const plain = (table(FLAGS_AT) & (FLAG_SUBSTITUTION | FLAG_PREVIOUS | FLAG_JITTER)) == 0;
  const row = plain ? <u32>load<u8>(code) & 0x1f : load<u32>(ROW_OF + ((<usize>i) << 2));
  let clicks: u32 = 0;
  const number = 1 + drawNumber(EVENT_NUMBER_AT, scalarWord(EVENT_STREAM));
  for (let left = number; left > 1; left--) clicks |= detectorOf(row, scalarWord(EVENT_STREAM));
  store<u8>(code, <u32>load<u8>(code) | clicks);
}
