// Gates of a batch's candidates.
import { BATCH, DIGITS_AT, GAP_AT, WINDOW_GATES } from "../../sampler-layout";
import { digitBytes, drawDigitOffsets } from "./digits";
import { GAP_STREAM, GAP_WORDS, LANE_WORDS, OFFSETS, table } from "./memory";
import { drawGeometric, laneWords } from "./random";

/** Draws the lanes' words and the offsets from `origin` on; returns how many lie in the window. The others lie nowhere. */
export function drawOffsets(origin: u32): i32 {
  let count = BATCH;
  const digits = table(DIGITS_AT);
  if (digits != 0) {
    laneWords(LANE_WORDS, (1 + digitBytes(digits)) * BATCH);
    drawDigitOffsets(origin);
  } else {
    laneWords(LANE_WORDS, 5 * BATCH);
    count = drawFarOffsets(origin);
  }
  while (count > 0 && load<u32>(OFFSETS + ((<usize>(count - 1)) << 2)) >= <u32>WINDOW_GATES) count--;
  for (let i = count; i < BATCH; i++) store<u32>(OFFSETS + ((<usize>i) << 2), i32.MAX_VALUE);
  return count;
}

/** Offsets whose gaps are drawn one by one. */
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
