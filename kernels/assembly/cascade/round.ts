import { permuteKeys } from "./keys";
import { emitFrame, flipFound, halveFrame, touchFlips, touchWide } from "./frame";
import { Cohort, Frame, frameOf, LINE, RANGE_BYTES, summaryOf } from "./layout";
import { beginsSecond, nextWave, touchNextWave } from "./wave";
import { keepTouched, touch } from "./touch";

/** Writes every frame's next parities to `own`; returns how many they are. */
export function emitAll(cohort: Cohort): u32 {
  let bits: u32 = 0;
  cohort.runningCount = 0;
  for (let f: u32 = 0; f < cohort.frames; f++) {
    const frame = frameOf(cohort, f);
    if (frame.done) continue;
    bits = emitFrame(frame, cohort.own, bits);
    keepRunning(cohort, f);
  }
  cohort.ownBits = bits;
  return bits;
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

/** Ranges open in frames that take their steps together, at most. */
const GROUP_RANGES: u32 = 4096;
/** Wrong bits found in these frames until they are flipped. */
const FOUND: usize = memory.data(8 * 4096, 8);

/**
 * Takes as many parities as `own` has from `peer`, which it overwrites, and writes the next round's to `own`. Some frames
 * together take each step, and what all of them need for the next one is read ahead. Returns the parities in `own`; zero
 * when every frame is done.
 */
export function cascadeAbsorb(at: usize): u32 {
  const cohort = changetype<Cohort>(at);
  takeDifferences(cohort);
  touchFrames(cohort);
  const running = cohort.runningCount;
  cohort.runningCount = 0;
  cohort.ownBits = 0;
  let read: u32 = 0;
  for (let first: u32 = 0; first < running; ) {
    const group = groupEnd(cohort, first, running);
    read = halveFrames(cohort, first, group, read);
    flipFrames(cohort, first, group);
    if (cohort.permuted) proceed(cohort, first, group);
    first = group;
  }
  if (cohort.permuted) return cohort.ownBits;
  // All keys are permuted at once, as soon as a frame needs it.
  for (let i: u32 = 0; i < running && !cohort.permuted; i++)
    if (beginsSecond(runningFrame(cohort, i))) permuteKeys(cohort);
  proceed(cohort, 0, running);
  return cohort.ownBits;
}

/** End of the group of frames that begins with one. */
function groupEnd(cohort: Cohort, first: u32, running: u32): u32 {
  let open = runningFrame(cohort, first).open;
  let end = first + 1;
  for (; end < running; end++) {
    open += runningFrame(cohort, end).open;
    if (open > GROUP_RANGES) break;
  }
  return end;
}

function halveFrames(cohort: Cohort, first: u32, end: u32, read: u32): u32 {
  for (let i = first; i < end; i++) touchWide(runningFrame(cohort, i));
  let found = FOUND;
  for (let i = first; i < end; i++) {
    const frame = runningFrame(cohort, i);
    read = halveFrame(frame, cohort.peer, read, found);
    found += <usize>frame.found << 3;
  }
  return read;
}

function flipFrames(cohort: Cohort, first: u32, end: u32): void {
  let found = FOUND;
  for (let i = first; i < end; i++) found = touchFlips(runningFrame(cohort, i), found);
  found = FOUND;
  for (let i = first; i < end; i++) found = flipFound(runningFrame(cohort, i), found);
}

/** Picks the next ranges of frames that have none open, and appends the parities of all. */
function proceed(cohort: Cohort, first: u32, end: u32): void {
  for (let i = first; i < end; i++) {
    const frame = runningFrame(cohort, i);
    if (frame.open == 0) touchNextWave(frame);
  }
  for (let i = first; i < end; i++) {
    const index = runningIndex(cohort, i);
    const frame = frameOf(cohort, index);
    if (frame.open == 0) nextWave(frame);
    if (frame.done) continue;
    cohort.ownBits = emitFrame(frame, cohort.own, cohort.ownBits);
    keepRunning(cohort, index);
  }
}

function takeDifferences(cohort: Cohort): void {
  const words = (cohort.ownBits + 63) >> 6;
  for (let word: u32 = 0; word < words; word++) {
    const peer = cohort.peer + (word << 3);
    store<u64>(peer, load<u64>(peer) ^ load<u64>(cohort.own + (word << 3)));
  }
}

/** Reads ahead what every frame needs first: headers, then the summary and the open ranges they tell of. */
function touchFrames(cohort: Cohort): void {
  let read: u64 = 0;
  for (let i: u32 = 0; i < cohort.runningCount; i++) read += touch(changetype<usize>(runningFrame(cohort, i)));
  for (let i: u32 = 0; i < cohort.runningCount; i++) {
    const frame = runningFrame(cohort, i);
    read += touch(summaryOf(frame, frame.current == 0 ? 1 : 0));
    const bytes = min<usize>(<usize>frame.open * RANGE_BYTES, 1024);
    for (let line: usize = 0; line < bytes; line += LINE) read += touch(frame.ranges + line);
  }
  keepTouched(read);
}
