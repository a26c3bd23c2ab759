// Candidates of the batch by their gates.
import { BATCH } from "../sampler-layout";
import { OFFSETS } from "./sampler-memory";

let candidates: i32 = 0;

export function beginCandidates(count: i32): void {
  candidates = count;
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
  let at = OFFSETS;
  // Halving without a branch: nobody could predict one. Behind the last candidate lie offsets beyond any gate.
  for (let step: usize = BATCH * 2; step >= 4; step >>= 1)
    at = select(at + step, at, load<u32>(at + step - 4) < gate);
  return load<u32>(at) == gate;
}
