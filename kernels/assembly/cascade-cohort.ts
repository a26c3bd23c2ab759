import { Cohort, Frame, frameOf, layOut, layOutFrame, RANGE_BYTES } from "./cascade-layout";
import { emitAll } from "./cascade-round";
import { maskBytes, restrictPermutation, Tables } from "./cascade-tables";
import { nextWave } from "./cascade-wave";
import { permuteMany, permuteOne } from "./permute";
import { forgetTouched } from "./touch";
import { drawTraces } from "./traces";

/**
 * Writes the header of a cohort at `at` and gives its tables their places; returns the bytes it needs. Nothing past the
 * header is touched.
 */
export function cascadeLayOut(
  at: usize,
  frames: u32,
  frameBits: u32,
  lastFrameBits: u32,
  firstBlock: u32,
  secondBlock: u32,
  cellPlanes: u32,
  flips: u32,
  maxPasses: u32,
  waveLeaves: u32,
): usize {
  const cohort = changetype<Cohort>(at);
  cohort.frames = frames;
  cohort.frameBits = frameBits;
  cohort.lastFrameBits = lastFrameBits;
  cohort.firstBlock = firstBlock;
  cohort.secondBlock = secondBlock;
  cohort.cellPlanes = cellPlanes;
  cohort.flips = flips;
  cohort.maxPasses = maxPasses;
  cohort.waveLeaves = waveLeaves;
  return layOut(cohort) - at;
}

/** Bytes of the header alone. */
export function cascadeHeaderBytes(): usize {
  return offsetof<Cohort>();
}

/** Where the key bits of all frames lie, one after the other, followed by zeros. */
export function cascadeKeys(at: usize): usize {
  return changetype<Cohort>(at).keys;
}

export function cascadeOwn(at: usize): usize {
  return changetype<Cohort>(at).own;
}

export function cascadePeer(at: usize): usize {
  return changetype<Cohort>(at).peer;
}

/** Begins a cohort that was laid out and whose keys are in place, with tables drawn for its frame length. */
export function cascadeBegin(at: usize, tables: usize, cleanWanted: u32): void {
  const cohort = changetype<Cohort>(at);
  cohort.tables = changetype<Tables>(tables);
  drawTraces();
  if (cohort.lastFrameBits < cohort.frameBits)
    restrictPermutation(cohort.tables, cohort.lastFrameBits, cohort.lastPermutation, cohort.lastInverse);
  for (let f: u32 = 0; f < cohort.frames; f++) beginFrame(cohort, f, cleanWanted);
  permuteFrames(cohort);
  emitAll(cohort);
}

/** Space for permuting 32 of the longest frames at once. */
const PERMUTING_BYTES: i32 = 4 * (65536 + 128) + 512;
const PERMUTING: usize = memory.data(PERMUTING_BYTES, 16);

function permuteFrames(cohort: Cohort): void {
  const whole = cohort.frames - (cohort.lastFrameBits < cohort.frameBits ? 1 : 0);
  for (let f: u32 = 0; f < whole; f += 32) {
    const frame = frameOf(cohort, f);
    permuteMany(
      frame.key,
      cohort.frameBits >> 3,
      frame.permuted,
      cohort.frameStride,
      min<u32>(32, whole - f),
      cohort.tables.permutation,
      cohort.frameBits,
      PERMUTING,
    );
  }
  memory.fill(PERMUTING, 0, PERMUTING_BYTES);
  if (whole == cohort.frames) return;
  const last = frameOf(cohort, whole);
  permuteOne(last.key, last.permutation, last.permuted, last.length);
}

function beginFrame(cohort: Cohort, index: u32, cleanWanted: u32): void {
  const frame = frameOf(cohort, index);
  const last = index == cohort.frames - 1;
  const short = last && cohort.lastFrameBits < cohort.frameBits;
  layOutFrame(cohort, frame);
  frame.length = last ? cohort.lastFrameBits : cohort.frameBits;
  frame.key = cohort.keys + index * (cohort.frameBits >> 3);
  frame.permutation = short ? cohort.lastPermutation : cohort.tables.permutation;
  frame.inverse = short ? cohort.lastInverse : cohort.tables.inverse;
  frame.started = 0;
  frame.topFirst = 0;
  frame.current = 0;
  frame.corrected = 0;
  frame.open = 0;
  frame.cleanWanted = cleanWanted;
  frame.maskWaves = 0;
  frame.oddPasses = 0;
  frame.split = 0;
  frame.unsplit = 0;
  frame.oddSubsets = 0;
  frame.oddComplements = 0;
  frame.mostOpen = 0;
  frame.done = 0;
  nextWave(frame);
}

/** Parities in `own` for this round; zero when every frame is done. */
export function cascadeOwnBits(at: usize): u32 {
  return changetype<Cohort>(at).ownBits;
}

/** Runs every frame on until `passes` more subsets are clean, where passes are left. */
export function cascadeExtend(at: usize, passes: u32): void {
  const cohort = changetype<Cohort>(at);
  for (let f: u32 = 0; f < cohort.frames; f++) {
    const frame = frameOf(cohort, f);
    frame.cleanWanted += passes;
    frame.done = 0;
    nextWave(frame);
  }
  emitAll(cohort);
}

export function cascadeCorrected(at: usize): u32 {
  const cohort = changetype<Cohort>(at);
  let sum: u32 = 0;
  for (let f: u32 = 0; f < cohort.frames; f++) sum += frameOf(cohort, f).corrected;
  return sum;
}

/** Zeroes all key bits; what else a cohort holds is public. */
export function cascadeWipe(at: usize): void {
  const cohort = changetype<Cohort>(at);
  forgetTouched();
  memory.fill(cohort.keys, 0, cohort.firstFrame - cohort.keys);
  for (let f: u32 = 0; f < cohort.frames; f++) {
    const frame = frameOf(cohort, f);
    memory.fill(frame.permuted, 0, maskBytes(cohort.frameBits));
    memory.fill(frame.ranges, 0, <usize>frame.mostOpen * RANGE_BYTES);
  }
}
