import { maskBytes, Tables } from "./cascade-tables";

// What lies where: a Cohort header, its tables, then its frames. A frame has its passes and their summaries behind its
// header, then open ranges, permuted key and leaf maps. What follows from the public seed alone lies in Tables, which
// cohorts with one seed share.

/** Pass 0 works in place, pass 1 on a permutation, pass 2 on cells of several subset masks, later ones on one mask. */
export const DENSE_PASSES: u32 = 2;
export const CELL_PASS: u32 = 2;

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
  /** Passes at most; no more than 64. */
  maxPasses: u32;
  waveLeaves: u32;
  tables: Tables;
  /** The permutation of the tables restricted to the last frame's bits, and its inverse. */
  lastPermutation: usize;
  lastInverse: usize;
  keys: usize;
  own: usize;
  /** Parities in `own`. */
  ownBits: u32;
  peer: usize;
  /** Numbers of the frames that are not done, u16 in ascending order, and how many. */
  running: usize;
  runningCount: u32;
  firstFrame: usize;
  frameStride: usize;
  maskPassStride: usize;
}

@unmanaged
export class Frame {
  cohort: Cohort;
  /** Key bits in this frame. */
  length: u32;
  key: usize;
  /** The key in the order of pass 1. */
  permuted: usize;
  permutation: usize;
  inverse: usize;
  /** The first passes; those of single masks follow `maskPasses`, each before its map. */
  passes: usize;
  maskPasses: usize;
  started: u32;
  /** Passes from here to `started` compare their blocks in this round; equal to `started` while a wave runs. */
  topFirst: u32;
  current: u32;
  done: u32;
  /** Single-mask passes wanted beyond one for each wave that such a pass began. */
  cleanWanted: u32;
  maskWaves: u32;
  corrected: u32;
  /** Ranges open in this wave, and where they lie. */
  open: u32;
  ranges: usize;
  /** Wrong bits found in this round that are not flipped yet. */
  found: u32;
  /** Ranges at most that were entered so far: they hold key bits, even those no longer open. */
  mostOpen: u32;
  /** Bit p: pass p has odd leaves in its map. */
  oddPasses: u64;
  /** Bit p: pass p is of a single mask and has begun a wave, or none yet. */
  split: u64;
  unsplit: u64;
  /** Bit p: the subset, or its complement, of the unsplit pass p is odd. */
  oddSubsets: u64;
  oddComplements: u64;
  /** The mask of the first pass of a single mask; the others follow. */
  masks: usize;
}

@unmanaged
export class Pass {
  slots: u32;
  block: u32;
  /** log2 of the slots a leaf map's bit stands for: 0, or 6 in subset passes. */
  grain: u32;
  oddCount: u32;
  /** The key in this pass's order; in subset passes the frame's key, to be masked. */
  key: usize;
  /** First of the masks whose bits number a slot's cell. */
  masks: usize;
  planes: u32;
  map: usize;
  summary: usize;
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

@inline
export function passOf(frame: Frame, index: u32): Pass {
  if (index <= CELL_PASS) return changetype<Pass>(frame.passes + index * offsetof<Pass>());
  return changetype<Pass>(frame.maskPasses + <usize>(index - CELL_PASS - 1) * frame.cohort.maskPassStride);
}

@inline
export function frameOf(cohort: Cohort, index: u32): Frame {
  return changetype<Frame>(cohort.firstFrame + <usize>index * cohort.frameStride);
}

/** Bytes of the leaf map of a pass. */
export function mapBytes(cohort: Cohort, pass: u32): usize {
  if (pass < DENSE_PASSES) return 2 * maskBytes(cohort.frameBits);
  const planes: u32 = pass == CELL_PASS ? cohort.cellPlanes : 1;
  return 2 * maskBytes((cohort.frameBits >> 6) << planes);
}

/** Bytes of the summary of a leaf map: one bit for 64 slots of 65536. */
export const SUMMARY_BYTES: usize = 128;
/** The same for the map of a single mask. */
export const MASK_SUMMARY_BYTES: usize = 16;
/** Cache lines: what belongs together begins with one. */
export const LINE: usize = 64;

@inline
function lines(bytes: usize): usize {
  return (bytes + LINE - 1) & ~(LINE - 1);
}

/** Bytes of a frame's header and first passes. */
export function headBytes(): usize {
  return offsetof<Frame>() + <usize>(CELL_PASS + 1) * offsetof<Pass>();
}

/** Bytes of what a frame needs in most rounds, which comes before the open ranges: its head and the summaries. */
function nearBytes(): usize {
  return lines(headBytes() + <usize>(CELL_PASS + 1) * SUMMARY_BYTES);
}

function maskPassBytes(cohort: Cohort): usize {
  return lines(offsetof<Pass>() + MASK_SUMMARY_BYTES + mapBytes(cohort, CELL_PASS + 1));
}

/** Gives a frame's tables their places. */
export function layOutFrame(cohort: Cohort, frame: Frame): void {
  let at = changetype<usize>(frame);
  frame.cohort = cohort;
  frame.passes = at + offsetof<Frame>();
  const summaries = changetype<usize>(frame) + headBytes();
  at += nearBytes();
  frame.ranges = at;
  at += <usize>cohort.waveLeaves * RANGE_BYTES;
  frame.permuted = at;
  at += lines(maskBytes(cohort.frameBits) + 16);
  for (let index: u32 = 0; index <= CELL_PASS; index++) {
    const pass = passOf(frame, index);
    pass.summary = summaries + <usize>index * SUMMARY_BYTES;
    pass.map = at;
    at += lines(mapBytes(cohort, index));
  }
  frame.maskPasses = at;
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
  cohort.keys = at;
  at += ((<usize>cohort.frames * cohort.frameBits) >> 3) + 16;
  cohort.running = at;
  at += <usize>cohort.frames << 1;
  cohort.firstFrame = lines(at);
  at = cohort.firstFrame;
  cohort.maskPassStride = maskPassBytes(cohort);
  // An odd number of lines, so that headers do not share the sets of a cache.
  cohort.frameStride = frameBytes(cohort) | LINE;
  return at + <usize>cohort.frames * cohort.frameStride;
}

function frameBytes(cohort: Cohort): usize {
  let maps: usize = 0;
  for (let index: u32 = 0; index <= CELL_PASS; index++) maps += lines(mapBytes(cohort, index));
  return (
    nearBytes() +
    RANGE_BYTES * <usize>cohort.waveLeaves +
    lines(maskBytes(cohort.frameBits) + 16) +
    maps +
    <usize>cohort.maxPasses * cohort.maskPassStride
  );
}
