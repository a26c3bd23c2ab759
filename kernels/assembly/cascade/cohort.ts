import { spreadKeys } from "./keys";
import {
  CELL_PASS,
  Cohort,
  frameOf,
  layOut,
  layOutFrame,
  passMapBytes,
  RANGE_BYTES,
  subsetStateOf,
  wholeBytes,
} from "./layout";
import { emitAll } from "./round";
import { restrictPermutation, Tables } from "./tables";
import { nextWave } from "./wave";
import { gatherKey } from "./key-words";
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

export function cascadeOwn(at: usize): usize {
  return changetype<Cohort>(at).own;
}

export function cascadePeer(at: usize): usize {
  return changetype<Cohort>(at).peer;
}

/**
 * Begins a cohort that was laid out, with tables drawn for its frame length. At `keys` the key bits of all frames lie one
 * after the other, with zeros up to the end of the last frame. Returns the parities in `own` for the first round.
 */
export function cascadeBegin(at: usize, tables: usize, cleanWanted: u32, keys: usize): u32 {
  const cohort = changetype<Cohort>(at);
  cohort.tables = changetype<Tables>(tables);
  cohort.permuted = 0;
  drawTraces();
  if (cohort.lastFrameBits < cohort.frameBits)
    restrictPermutation(cohort.tables, cohort.lastFrameBits, cohort.lastPermutation, cohort.lastInverse);
  for (let f: u32 = 0; f < cohort.frames; f++) beginFrame(cohort, f, cleanWanted);
  spreadKeys(cohort, keys);
  for (let f: u32 = 0; f < cohort.frames; f++) nextWave(frameOf(cohort, f));
  return emitAll(cohort);
}

function beginFrame(cohort: Cohort, index: u32, cleanWanted: u32): void {
  const frame = frameOf(cohort, index);
  const last = index == cohort.frames - 1;
  const short = last && cohort.lastFrameBits < cohort.frameBits;
  layOutFrame(cohort, frame);
  frame.length = last ? cohort.lastFrameBits : cohort.frameBits;
  frame.permutation = short ? cohort.lastPermutation : cohort.tables.permutation;
  frame.inverse = short ? cohort.lastInverse : cohort.tables.inverse;
  frame.started = 0;
  frame.topFirst = 0;
  frame.current = 0;
  frame.done = 0;
  frame.open = 0;
  frame.mostOpen = 0;
  frame.found = 0;
  frame.corrected = 0;
  frame.oddPasses = 0;
  const state = subsetStateOf(frame);
  state.cleanWanted = cleanWanted;
  state.waves = 0;
  state.split = 0;
  state.unsplit = 0;
  state.oddSubsets = 0;
  state.oddComplements = 0;
}

/**
 * Runs every frame on until `passes` more subsets are clean, where passes are left. Returns the parities in `own` for the
 * next round; zero when every frame is done.
 */
export function cascadeExtend(at: usize, passes: u32): u32 {
  const cohort = changetype<Cohort>(at);
  for (let f: u32 = 0; f < cohort.frames; f++) {
    const frame = frameOf(cohort, f);
    subsetStateOf(frame).cleanWanted += passes;
    frame.done = 0;
    nextWave(frame);
  }
  return emitAll(cohort);
}

export function cascadeCorrected(at: usize): u32 {
  const cohort = changetype<Cohort>(at);
  let sum: u32 = 0;
  for (let f: u32 = 0; f < cohort.frames; f++) sum += frameOf(cohort, f).corrected;
  return sum;
}

/** Copies the key bits of all frames to `keys`, one after the other. */
export function cascadeResult(at: usize, keys: usize): void {
  const cohort = changetype<Cohort>(at);
  const frameBytes = cohort.frameBits >> 3;
  for (let f: u32 = 0; f < cohort.frames; f++, keys += frameBytes) {
    const frame = frameOf(cohort, f);
    if (frame.started > CELL_PASS) memory.copy(keys, subsetStateOf(frame).key, frameBytes);
    else gatherKey(frame.firstMap, keys, cohort.frameBits >> 6);
  }
}

/** Zeroes all key bits; what else a cohort holds is public. */
export function cascadeWipe(at: usize): void {
  const cohort = changetype<Cohort>(at);
  forgetTouched();
  for (let f: u32 = 0; f < cohort.frames; f++) {
    const frame = frameOf(cohort, f);
    memory.fill(frame.firstMap, 0, passMapBytes(cohort, 0) + passMapBytes(cohort, 1));
    memory.fill(subsetStateOf(frame).key, 0, wholeBytes(cohort));
    memory.fill(frame.ranges, 0, <usize>frame.mostOpen * RANGE_BYTES);
  }
}
