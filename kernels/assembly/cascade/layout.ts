import { maskBytes, Tables } from "./tables";
import { RECORD_BYTES } from "./leaf-map";

// What lies where: a Cohort header and its tables, then its frames. A frame begins with one cache line that every round
// needs, a line of summary for each of the first two passes, and what later passes need; open ranges and leaf maps come
// behind. What follows from the public seed alone lies in Tables, which cohorts with one seed share.

/** Pass 0 works in place, pass 1 on a permutation, pass 2 on cells of several subset masks, later ones on one mask. */
export const DENSE_PASSES: u32 = 2;
export const CELL_PASS: u32 = 2;
/** log2 of the slots that a bit of a subset pass's leaf map stands for. */
export const SUBSET_GRAIN: u32 = 6;

@unmanaged
export class Cohort {
  frames: u32;
  frameBits: u32;
  lastFrameBits: u32;
  firstBlock: u32;
  secondBlock: u32;
  /** log2 of the cells of pass 2. */
  cellPlanes: u32;
  flips: u32;
  /** Whether the key lies in the order of pass 1, too; only then is it corrected there. */
  permuted: u32;
  /** Passes at most; no more than 64. */
  maxPasses: u32;
  waveLeaves: u32;
  tables: Tables;
  /** The permutation of the tables restricted to the last frame's bits, and its inverse. */
  lastPermutation: usize;
  lastInverse: usize;
  own: usize;
  /** Parities in `own`. */
  ownBits: u32;
  peer: usize;
  /** Numbers of the frames that are not done, u16 in ascending order, and how many. */
  running: usize;
  runningCount: u32;
  firstFrame: usize;
  frameStride: usize;
  /** From a frame's beginning to its passes of a single mask. */
  maskPasses: usize;
  maskPassStride: usize;
}

/** What every round needs of a frame: a cache line. */
@unmanaged
export class Frame {
  cohort: Cohort;
  /** Key bits in this frame. */
  length: u32;
  /** Leaf maps of pass 0, with the key in place, and of pass 1, with the key in its order. */
  firstMap: usize;
  secondMap: usize;
  permutation: usize;
  inverse: usize;
  ranges: usize;
  started: u8;
  /** Passes from here to `started` compare their blocks in this round; equal to `started` while a wave runs. */
  topFirst: u8;
  current: u8;
  done: u8;
  /** Ranges open in this wave. */
  open: u32;
  /** Ranges at most that were entered so far: they hold key bits, even those no longer open. */
  mostOpen: u32;
  /** Wrong bits found in this round that are not flipped yet. */
  found: u32;
  corrected: u32;
  /** Odd leaves of passes 0 and 1. */
  firstOdd: u32;
  secondOdd: u32;
  /** Bit p: pass p has odd leaves in its map. */
  oddPasses: u64;
}

/** What a frame needs for subset passes. */
@unmanaged
export class SubsetState {
  /** The key in one piece, as masks are laid over it; from pass 2 on. */
  key: usize;
  /** Passes of a single mask wanted beyond one for each wave that such a pass began. */
  cleanWanted: u32;
  waves: u32;
  /** Bit p: pass p has begun a wave, or none yet. */
  split: u64;
  unsplit: u64;
  /** Bit p: the subset, or its complement, of the unsplit pass p is odd. */
  oddSubsets: u64;
  oddComplements: u64;
  /** The mask of the first of these passes; the others follow. */
  masks: usize;
}

/** A pass on subsets; its summary lies behind it. */
@unmanaged
export class Pass {
  oddCount: u32;
  slots: u32;
  block: u32;
  /** First of the masks whose bits number a slot's cell, and how many. */
  masks: usize;
  planes: u32;
  map: usize;
}

/** A range open in a wave, see cascade-range.ts. */
@unmanaged
export class Range {
  /** Narrow: key bits of what is left, first slot lowest, rubbish above. Wide: where it ends. */
  bits: u64;
  /** Narrow: the first slot when it became narrow. Wide: the first slot. */
  from: u32;
  /** Narrow: length when it became so, slots cut off in front since, length now; a byte each. Wide: zero. */
  shape: u32;
}

export const RANGE_BYTES: usize = 16;

/** Cache lines: what belongs together begins with one. */
export const LINE: usize = 64;
/** Bytes of the summary of a leaf map of 65536 slots, and of a subset pass. */
export const SUMMARY_BYTES: usize = LINE;
export const SUBSET_SUMMARY_BYTES: usize = 16;

const SUBSET_STATE: usize = LINE + <usize>DENSE_PASSES * SUMMARY_BYTES;
const FIRST_CELL_PASS: usize = SUBSET_STATE + LINE;
const RANGES: usize = FIRST_CELL_PASS + LINE;

@inline
export function subsetStateOf(frame: Frame): SubsetState {
  return changetype<SubsetState>(changetype<usize>(frame) + SUBSET_STATE);
}

/** A subset pass. */
@inline
export function passOf(frame: Frame, index: u32): Pass {
  if (index == CELL_PASS) return changetype<Pass>(changetype<usize>(frame) + FIRST_CELL_PASS);
  const cohort = frame.cohort;
  const place = cohort.maskPasses + <usize>(index - CELL_PASS - 1) * cohort.maskPassStride;
  return changetype<Pass>(changetype<usize>(frame) + place);
}

@inline
export function mapOf(frame: Frame, index: u32): usize {
  if (index < DENSE_PASSES) return load<usize>(changetype<usize>(frame) + (index << 2), offsetof<Frame>("firstMap"));
  return passOf(frame, index).map;
}

@inline
export function summaryOf(frame: Frame, index: u32): usize {
  if (index < DENSE_PASSES) return changetype<usize>(frame) + LINE + <usize>index * SUMMARY_BYTES;
  return changetype<usize>(passOf(frame, index)) + offsetof<Pass>();
}

/** Where the number of a pass's odd leaves is kept. */
@inline
export function oddCountOf(frame: Frame, index: u32): usize {
  if (index < DENSE_PASSES) return changetype<usize>(frame) + offsetof<Frame>("firstOdd") + (index << 2);
  return changetype<usize>(passOf(frame, index)) + offsetof<Pass>("oddCount");
}

@inline
export function slotsOf(frame: Frame, index: u32): u32 {
  return index < DENSE_PASSES ? frame.length : passOf(frame, index).slots;
}

@inline
export function blockOf(frame: Frame, index: u32): u32 {
  const cohort = frame.cohort;
  return index == 0 ? cohort.firstBlock : index == 1 ? cohort.secondBlock : cohort.frameBits;
}

@inline
export function frameOf(cohort: Cohort, index: u32): Frame {
  return changetype<Frame>(cohort.firstFrame + <usize>index * cohort.frameStride);
}

@inline
function lines(bytes: usize): usize {
  return (bytes + LINE - 1) & ~(LINE - 1);
}

/** Records of a leaf map with as many bits: an even number, as keys are permuted by two words. */
@inline
function mapBytes(bits: u32): usize {
  return lines((maskBytes(bits) >> 3) * RECORD_BYTES);
}

/** Bytes of the leaf map of a pass. */
export function passMapBytes(cohort: Cohort, pass: u32): usize {
  if (pass < DENSE_PASSES) return mapBytes(cohort.frameBits);
  const planes: u32 = pass == CELL_PASS ? cohort.cellPlanes : 1;
  return mapBytes((cohort.frameBits >> SUBSET_GRAIN) << planes);
}

/** Bytes of a frame's key in one piece. */
export function wholeBytes(cohort: Cohort): usize {
  return lines(maskBytes(cohort.frameBits));
}

/** Bytes from a subset pass to its map where that follows. */
export function passHeadBytes(): usize {
  return lines(offsetof<Pass>() + SUBSET_SUMMARY_BYTES);
}

/** Gives a frame's tables their places. */
export function layOutFrame(cohort: Cohort, frame: Frame): void {
  let at = changetype<usize>(frame) + RANGES;
  frame.cohort = cohort;
  frame.ranges = at;
  at += <usize>cohort.waveLeaves * RANGE_BYTES;
  frame.firstMap = at;
  at += passMapBytes(cohort, 0);
  frame.secondMap = at;
  at += passMapBytes(cohort, 1);
  passOf(frame, CELL_PASS).map = at;
  at += passMapBytes(cohort, CELL_PASS);
  subsetStateOf(frame).key = at;
}

/** Parities at most that one frame sends in a round. */
export function roundBits(cohort: Cohort): u32 {
  const blocks = (cohort.frameBits + cohort.firstBlock - 1) / cohort.firstBlock;
  return max<u32>(max<u32>(cohort.waveLeaves, blocks), (1 << cohort.cellPlanes) + 64);
}

/** Gives every table of the cohort its place, in order; returns the end. The header's numbers are set. */
export function layOut(cohort: Cohort): usize {
  const tableBytes = ((<usize>cohort.frameBits << 1) + 15) & ~15;
  const messageBytes = (((<usize>cohort.frames * roundBits(cohort)) >> 7) + 2) << 4;
  let at: usize = changetype<usize>(cohort) + ((offsetof<Cohort>() + 15) & ~15);
  cohort.lastPermutation = at;
  at += cohort.lastFrameBits < cohort.frameBits ? tableBytes : 0;
  cohort.lastInverse = at;
  at += cohort.lastFrameBits < cohort.frameBits ? tableBytes : 0;
  cohort.own = at;
  at += messageBytes;
  cohort.peer = at;
  at += messageBytes;
  cohort.running = at;
  at += <usize>cohort.frames << 1;
  cohort.firstFrame = lines(at);
  at = cohort.firstFrame;
  cohort.maskPasses = RANGES + <usize>cohort.waveLeaves * RANGE_BYTES;
  for (let index: u32 = 0; index <= CELL_PASS; index++) cohort.maskPasses += passMapBytes(cohort, index);
  cohort.maskPasses += wholeBytes(cohort);
  cohort.maskPassStride = passHeadBytes() + passMapBytes(cohort, CELL_PASS + 1);
  // An odd number of lines, so that headers do not share the sets of a cache.
  cohort.frameStride = (cohort.maskPasses + <usize>cohort.maxPasses * cohort.maskPassStride) | LINE;
  return at + <usize>cohort.frames * cohort.frameStride;
}
