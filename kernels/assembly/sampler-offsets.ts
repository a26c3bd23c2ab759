// Gates of a batch's candidates.
import { BATCH, DIGITS_AT, GAP_AT, WINDOW_GATES } from "../sampler-layout";
import { drawDigitOffsets } from "./sampler-digits";
import { GAP_STREAM, GAP_WORDS, LANE_WORDS, OFFSETS, TABLES, table } from "./sampler-memory";
import { drawGeometric, laneWords } from "./sampler-random";

const GAP_ALIAS: usize = TABLES + (GAP_AT + 32) * 4;

/** Draws the lanes' words and the offsets from `origin` on; returns how many lie in the window. The others lie nowhere. */
export function drawOffsets(origin: u32): i32 {
  let count = BATCH;
  if (table(DIGITS_AT) != 0) {
    laneWords(LANE_WORDS, 4 * BATCH);
    drawDigitOffsets(origin);
  } else {
    laneWords(LANE_WORDS, 5 * BATCH);
    count = table(GAP_AT) == 0 ? drawAliasOffsets(origin) : drawFarOffsets(origin);
  }
  while (count > 0 && load<u32>(OFFSETS + ((<usize>(count - 1)) << 2)) >= <u32>WINDOW_GATES) count--;
  for (let i = count; i < BATCH; i++) store<u32>(OFFSETS + ((<usize>i) << 2), i32.MAX_VALUE);
  return count;
}

/** Offsets whose gaps are one alias draw each, but for the rare escape. */
function drawAliasOffsets(origin: u32): i32 {
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
