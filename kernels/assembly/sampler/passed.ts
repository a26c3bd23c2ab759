// Candidates of the batch by their gates.
import { BATCH } from "../../sampler-layout";
import { BLOCK_ENDS, OFFSETS } from "./memory";

/** Blocks of sixteen candidates. */
const BLOCKS: usize = BATCH / 16;

let candidates: i32 = 0;

export function beginCandidates(count: i32): void {
  candidates = count;
  for (let block: usize = 0; block < BLOCKS; block++)
    store<u32>(BLOCK_ENDS + (block << 2), load<u32>(OFFSETS + (block << 6), 60));
}

@inline
function offsetOf(i: i32): u32 {
  return load<u32>(OFFSETS + ((<usize>i) << 2));
}

/** Number of candidates before `gate`, of which `least` are known to be. */
export function candidatesBefore(gate: i64, least: i32): i32 {
  if (candidates == 0 || <i64>offsetOf(candidates - 1) < gate) return candidates;
  let to = least;
  while (<i64>offsetOf(to) < gate) to++;
  return to;
}

/** True if `gate` holds a candidate. */
export function hasCandidate(gate: u32): bool {
  if (candidates == 0) return false;
  const wanted = i32x4.splat(gate);
  const block = <usize>popcnt(endsBefore(wanted, BLOCK_ENDS) | (endsBefore(wanted, BLOCK_ENDS + 64) << 16));
  const at = OFFSETS + (block << 6);
  return (
    block < BLOCKS &&
    v128.any_true(
      v128.or(
        v128.or(i32x4.eq(v128.load(at), wanted), i32x4.eq(v128.load(at, 16), wanted)),
        v128.or(i32x4.eq(v128.load(at, 32), wanted), i32x4.eq(v128.load(at, 48), wanted)),
      ),
    )
  );
}

/** Bits of those of sixteen blocks that end before the gate. */
@inline
function endsBefore(gate: v128, at: usize): i32 {
  const a = i32x4.gt_s(gate, v128.load(at));
  const b = i32x4.gt_s(gate, v128.load(at, 16));
  const c = i32x4.gt_s(gate, v128.load(at, 32));
  const d = i32x4.gt_s(gate, v128.load(at, 48));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
}
