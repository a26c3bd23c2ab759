// Events at candidates whose pulses a third party sorts by photon number.
import { NUMBER_TABLE_WORDS, SPLIT_AT, SPLIT_LOST_AT, SPLIT_NUMBER_AT, SPLIT_ROWS_AT } from "../../sampler-layout";
import { EVENT_STREAM, table } from "./memory";
import { drawNumber, scalarWord } from "./random";

/** Detectors (0x40, 0x80) that fire at a candidate with these code bits; `firstWord` decides its first event. */
export function splitClicks(code: u32, firstWord: u32): u32 {
  const modeWord = scalarWord(EVENT_STREAM);
  const mode = modeWord < table(SPLIT_AT) ? 0 : modeWord < table(SPLIT_AT + 1) ? 1 : 2;
  const row = SPLIT_ROWS_AT + 4 * (32 * mode + <i32>(code & 0x1f));
  let zero: u32 = 0;
  let one: u32 = 0;
  let others: u32 = 0;
  let word = firstWord;
  for (let left = drawNumber(SPLIT_NUMBER_AT + NUMBER_TABLE_WORDS * mode, scalarWord(EVENT_STREAM)); ; ) {
    if (word < table(row)) zero++;
    else if (word < table(row + 1)) one++;
    else if (word < table(row + 2)) others |= 0x40;
    else if (word < table(row + 3)) others |= 0x80;
    if (--left == 0) break;
    word = scalarWord(EVENT_STREAM);
  }
  if (mode == 1 && zero + one > 0) {
    const seen = zero + one;
    const level = <i32>((code >> 2) & 3);
    const photons = seen + drawNumber(SPLIT_LOST_AT + NUMBER_TABLE_WORDS * level, scalarWord(EVENT_STREAM)) - 1;
    if (photons < 2) {
      zero = 0;
      one = 0;
    } else {
      const kept = below(scalarWord(EVENT_STREAM), photons);
      if (kept < zero) zero--;
      else if (kept < seen) one--;
    }
  }
  return others | (zero > 0 ? 0x40 : 0) | (one > 0 ? 0x80 : 0);
}

/** Uniform number below `count` from a uniform word. */
@inline
function below(word: u32, count: u32): u32 {
  return <u32>((<u64>word * <u64>count) >> 32);
}
