import { Cohort, frameOf } from "./layout";
import { spreadKey } from "./key-words";
import { permuteMany, permuteOne } from "./permute";

// The leaf maps of the first two passes of a cohort, with the key of each frame.

/** Where the blocks of a pass begin, a bit a slot. */
const STARTS_BYTES: i32 = 65536 / 8 + 16;
const STARTS: usize = memory.data(STARTS_BYTES, 16);

function drawStarts(block: u32, slots: u32): void {
  memory.fill(STARTS, 0, STARTS_BYTES);
  for (let slot: u32 = 0; slot < slots; slot += block) {
    const word = STARTS + ((slot >> 6) << 3);
    store<u64>(word, load<u64>(word) | ((<u64>1) << (slot & 63)));
  }
}

/** Makes the leaf maps of pass 0 of all frames, whose keys lie one after the other. */
export function spreadKeys(cohort: Cohort, keys: usize): void {
  drawStarts(cohort.firstBlock, cohort.frameBits);
  for (let f: u32 = 0; f < cohort.frames; f++)
    spreadKey(keys + f * (cohort.frameBits >> 3), STARTS, frameOf(cohort, f).firstMap, cohort.frameBits >> 6);
}

/** Space for permuting 32 of the longest frames at once. */
const PERMUTING_BYTES: i32 = 4 * (65536 + 128) + 512;
const PERMUTING: usize = memory.data(PERMUTING_BYTES, 16);

/** Makes the leaf maps of pass 1 of all frames from those of pass 0. */
export function permuteKeys(cohort: Cohort): void {
  cohort.permuted = 1;
  drawStarts(cohort.secondBlock, cohort.frameBits);
  const whole = cohort.frames - (cohort.lastFrameBits < cohort.frameBits ? 1 : 0);
  for (let f: u32 = 0; f < whole; f += 32) {
    const frame = frameOf(cohort, f);
    const some = min<u32>(32, whole - f);
    permuteMany(
      frame.firstMap,
      frame.secondMap,
      cohort.frameStride,
      some,
      frame.permutation,
      cohort.frameBits,
      STARTS,
      PERMUTING,
    );
  }
  memory.fill(PERMUTING, 0, PERMUTING_BYTES);
  if (whole == cohort.frames) return;
  const last = frameOf(cohort, whole);
  permuteOne(last.firstMap, last.permutation, last.secondMap, last.length, STARTS);
}
