import { Random } from "./random";

// What lies where: a Cohort header, its tables, then its frames, each followed by its passes and bitmaps.

/** Passes that keep a bitmap per slot: in place and permuted. All later ones are random subsets. */
export const DENSE_PASSES: u32 = 2;

/** Bytes of the summary of a pass's odd bitmap. */
export const SUMMARY_BYTES: usize = 128;

@unmanaged
export class Cohort {
  frames: u32;
  frameBits: u32;
  lastFrameBits: u32;
  firstBlock: u32;
  secondBlock: u32;
  flips: u32;
  maxSubsets: u32;
  waveLeaves: u32;
  /** Subset masks made so far. */
  subsets: u32;
  random: Random;
  /** key bit in each slot of pass 2 and slot of each key bit, u16, for whole frames and for the last. */
  permutation: usize;
  inverse: usize;
  lastPermutation: usize;
  lastInverse: usize;
  masks: usize;
  keys: usize;
  own: usize;
  peer: usize;
  firstFrame: usize;
  frameStride: usize;
}

@unmanaged
export class Frame {
  cohort: Cohort;
  /** Key bits in this frame. */
  length: u32;
  key: usize;
  /** The key in the order of pass 2, from the moment that pass begins. */
  permuted: usize;
  permutation: usize;
  inverse: usize;
  passes: usize;
  started: u32;
  current: u32;
  atTop: u32;
  clean: u32;
  cleanWanted: u32;
  done: u32;
  corrected: u32;
  leafCount: u32;
  /** Ranges open in this wave: pairs of u32, from and to. */
  leaves: usize;
}

@unmanaged
export class Pass {
  slots: u32;
  block: u32;
  /** log2 of the slots a bitmap bit stands for: 0, or 6 in subset passes. */
  grain: u32;
  oddCount: u32;
  /** The key in this pass's order; in subset passes the frame's key, to be masked. */
  key: usize;
  mask: usize;
  /** One where a known range begins. */
  starts: usize;
  /** One at the beginning of a known range whose parity differs between the sides. */
  odd: usize;
  /** Bit w tells that word w of `odd` may hold ones; 1024 bits. */
  oddWords: usize;
}

@inline
export function passOf(frame: Frame, index: u32): Pass {
  return changetype<Pass>(frame.passes + index * offsetof<Pass>());
}

@inline
export function frameOf(cohort: Cohort, index: u32): Frame {
  return changetype<Frame>(cohort.firstFrame + <usize>index * cohort.frameStride);
}

/** Bytes of a bitmap with one bit a slot, in whole vectors. */
@inline
export function denseBytes(frameBits: u32): usize {
  return ((<usize>frameBits + 127) >> 7) << 4;
}

/** Bytes of a bitmap over both halves of a subset pass, one bit for 64 slots. */
@inline
export function sparseBytes(frameBits: u32): usize {
  return (((<usize>frameBits >> 5) + 127) >> 7) << 4;
}

/** Parities at most that one frame sends in a round. */
export function roundBits(cohort: Cohort): u32 {
  return max<u32>(cohort.waveLeaves, (cohort.frameBits + cohort.firstBlock - 1) / cohort.firstBlock);
}

/** Gives every table of the cohort its place, in order; returns the end. The header's numbers are set. */
export function layOut(cohort: Cohort): usize {
  const tableBytes = ((<usize>cohort.frameBits << 1) + 15) & ~15;
  const messageBytes = (((<usize>cohort.frames * roundBits(cohort)) >> 7) + 2) << 4;
  let at: usize = changetype<usize>(cohort) + ((offsetof<Cohort>() + 15) & ~15);
  cohort.random = changetype<Random>(at);
  at += 16;
  cohort.permutation = at;
  at += tableBytes;
  cohort.inverse = at;
  at += tableBytes;
  cohort.lastPermutation = at;
  at += tableBytes;
  cohort.lastInverse = at;
  at += tableBytes;
  cohort.own = at;
  at += messageBytes;
  cohort.peer = at;
  at += messageBytes;
  cohort.keys = at;
  at += ((<usize>cohort.frames * cohort.frameBits) >> 3) + 16;
  at = (at + 15) & ~15;
  cohort.firstFrame = at;
  const passCount = DENSE_PASSES + cohort.maxSubsets;
  const dense = denseBytes(cohort.frameBits);
  const sparse = sparseBytes(cohort.frameBits);
  cohort.frameStride =
    ((offsetof<Frame>() + passCount * offsetof<Pass>() + 15) & ~15) +
    5 * dense +
    2 * cohort.maxSubsets * sparse +
    <usize>passCount * SUMMARY_BYTES +
    8 * <usize>cohort.waveLeaves;
  at += <usize>cohort.frames * cohort.frameStride;
  cohort.masks = at;
  return at + <usize>cohort.maxSubsets * dense;
}
