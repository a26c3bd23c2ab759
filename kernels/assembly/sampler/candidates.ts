import {
  EVENT_NUMBER_AT,
  FLAG_JITTER,
  FLAG_PREVIOUS,
  FLAG_SPLIT,
  FLAG_SUBSTITUTION,
  FLAGS_AT,
  SEVERAL_AT,
} from "../../sampler-layout";
import {
  BEFORE,
  CODES,
  EVENT_BYTES,
  EVENT_STREAM,
  OFFSETS,
  ROW_OF,
  table,
} from "./memory";
import { prepareDigits } from "./digits";
import { detectorOf, meetFirst, meetWhole, prepareMeeting, wholeWord } from "./meeting";
import { windowLow } from "./mix";
import { drawOffsets } from "./offsets";
import { drawGeometric, drawNumber, scalarWord } from "./random";
import { splitClicks } from "./splitting";
import {
  jitterLevels,
  lastSenderCode,
  prepareSettings,
  readSettings,
  substitutedStates,
} from "./settings";

/** Candidates with a single event before one holds several. */
let untilSeveral: u32 = 0;

export function reloadCandidates(): void {
  untilSeveral = drawUntilSeveral();
  prepareDigits();
  prepareMeeting();
  prepareSettings();
}

function drawUntilSeveral(): u32 {
  const first = scalarWord(EVENT_STREAM);
  return drawGeometric(SEVERAL_AT, first, EVENT_STREAM);
}

/** Draws the next batch of candidates from `origin` on; returns how many lie in the window. */
export function drawBatch(origin: u32): i32 {
  const count = drawOffsets(origin);
  readSettings(CODES, count, 0);
  if ((table(FLAGS_AT) & FLAG_SPLIT) != 0) {
    for (let i = 0; i < count; i++) meetSplit(i);
    return count;
  }
  if ((table(FLAGS_AT) & (FLAG_SUBSTITUTION | FLAG_PREVIOUS | FLAG_JITTER)) == 0) meetFirst(count);
  else {
    findRows(count);
    for (let i = 0; i < count; i++) meetWhole(i, load<u32>(ROW_OF + ((<usize>i) << 2)));
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

/** Table rows of candidates 0..count - 1 where they depend on more than the settings. */
function findRows(count: i32): void {
  const flags = table(FLAGS_AT);
  if ((flags & FLAG_PREVIOUS) != 0) {
    readSettings(BEFORE, count, -1);
    // Before gate 0 of a high word lies the last gate of the word before it.
    if (windowLow + load<u32>(OFFSETS) == 0) store<u8>(BEFORE, lastSenderCode());
  }
  const window = i32x4.splat(windowLow);
  for (let i: usize = 0; i < <usize>count; i += 4) {
    const at = i << 2;
    const low = i32x4.add(v128.load(OFFSETS + at), window);
    const code = fourBytes(CODES + i);
    let row = v128.and(code, i32x4.splat(0x1f));
    if ((flags & FLAG_SUBSTITUTION) != 0)
      row = v128.or(
        v128.and(row, i32x4.splat(0x1c)),
        substitutedStates(low, v128.and(code, i32x4.splat(3))),
      );
    if ((flags & FLAG_PREVIOUS) != 0)
      row = v128.or(row, i32x4.shl(v128.and(fourBytes(BEFORE + i), i32x4.splat(0xc)), 3));
    if ((flags & FLAG_JITTER) != 0) row = v128.or(row, i32x4.shl(jitterLevels(low), 7));
    v128.store(ROW_OF + at, row);
  }
}

/** Four bytes as lanes of 32 bits. */
@inline
function fourBytes(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
}

/** All events of a candidate whose pulse may have been split. */
@inline
function meetSplit(i: i32): void {
  const at = CODES + <usize>i;
  const code = <u32>load<u8>(at);
  store<u8>(at, code | splitClicks(code, wholeWord(load<u8>(EVENT_BYTES + <usize>i))));
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
