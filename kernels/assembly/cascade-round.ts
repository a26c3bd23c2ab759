import { emitFrame, flipFound, halveFrame } from "./cascade-frame";
import { Cohort, Frame, frameOf, headBytes, LINE, RANGE_BYTES } from "./cascade-layout";
import { nextWave, touchNextWave } from "./cascade-wave";
import { keepTouched, touch } from "./touch";

/** Writes every frame's next parities to `own`. */
export function emitAll(cohort: Cohort): void {
  let bits: u32 = 0;
  cohort.runningCount = 0;
  for (let f: u32 = 0; f < cohort.frames; f++) {
    const frame = frameOf(cohort, f);
    if (frame.done) continue;
    bits = emitFrame(frame, cohort.own, bits);
    keepRunning(cohort, f);
  }
  cohort.ownBits = bits;
}

@inline
function keepRunning(cohort: Cohort, index: u32): void {
  store<u16>(cohort.running + ((<usize>cohort.runningCount) << 1), <u16>index);
  cohort.runningCount++;
}

@inline
function runningIndex(cohort: Cohort, i: u32): u32 {
  return load<u16>(cohort.running + ((<usize>i) << 1));
}

@inline
function runningFrame(cohort: Cohort, i: u32): Frame {
  return frameOf(cohort, runningIndex(cohort, i));
}

/** Wrong bits found in a frame until they are flipped, for two frames. */
const FOUND_BYTES: usize = 8 * 4096;
const FOUND: usize = memory.data(2 * 8 * 4096, 8);

/**
 * Takes as many parities as `own` has from `peer`, which it overwrites, and writes the next round's to `own`. What a
 * frame needs in the next of its three steps is read ahead while the frames before it take theirs.
 */
export function cascadeAbsorb(at: usize): void {
  const cohort = changetype<Cohort>(at);
  takeDifferences(cohort);
  touchFrames(cohort);
  const running = cohort.runningCount;
  cohort.runningCount = 0;
  let read: u32 = 0;
  let bits: u32 = 0;
  for (let i: u32 = 0; i < running + 2; i++) {
    if (i < running) read = halveFrame(runningFrame(cohort, i), cohort.peer, read, FOUND + <usize>(i & 1) * FOUND_BYTES);
    if (i - 1 < running) {
      const frame = runningFrame(cohort, i - 1);
      flipFound(frame, FOUND + <usize>((i - 1) & 1) * FOUND_BYTES);
      if (frame.open == 0) touchNextWave(frame);
    }
    if (i < 2) continue;
    const index = runningIndex(cohort, i - 2);
    const frame = frameOf(cohort, index);
    if (frame.open == 0) nextWave(frame);
    if (frame.done) continue;
    bits = emitFrame(frame, cohort.own, bits);
    keepRunning(cohort, index);
  }
  cohort.ownBits = bits;
}

function takeDifferences(cohort: Cohort): void {
  const words = (cohort.ownBits + 63) >> 6;
  for (let word: u32 = 0; word < words; word++) {
    const peer = cohort.peer + (word << 3);
    store<u64>(peer, load<u64>(peer) ^ load<u64>(cohort.own + (word << 3)));
  }
}

/** Reads ahead what every frame needs first: headers, then as many open ranges as they tell. */
function touchFrames(cohort: Cohort): void {
  let read: u64 = 0;
  const bytes = headBytes();
  for (let i: u32 = 0; i < cohort.runningCount; i++) {
    const at = changetype<usize>(runningFrame(cohort, i));
    for (let line: usize = 0; line < bytes; line += LINE) read += touch(at + line);
  }
  for (let i: u32 = 0; i < cohort.runningCount; i++) {
    const frame = runningFrame(cohort, i);
    const bytes = min<usize>(<usize>frame.open * RANGE_BYTES, 1024);
    for (let line: usize = 0; line < bytes; line += LINE) read += touch(frame.ranges + line);
  }
  keepTouched(read);
}
