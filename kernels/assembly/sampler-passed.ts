// Candidates of the batch by their gates.
import { OFFSETS } from "./sampler-memory";

let candidates: i32 = 0;
/** All candidates before this one, a multiple of sixteen, lie before the last gate asked for. */
let from: i32 = 0;

export function beginCandidates(count: i32): void {
  candidates = count;
  from = 0;
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

/** True if `gate` holds a candidate; gates must rise from call to call. */
export function hasCandidate(gate: i64): bool {
  while (from + 16 <= candidates && <i64>offsetOf(from + 15) < gate) from += 16;
  const wanted = i32x4.splat(<i32>gate);
  const at = OFFSETS + ((<usize>from) << 2);
  // Behind the last candidate lie offsets beyond any gate.
  return (
    from < candidates &&
    v128.any_true(
      v128.or(
        v128.or(i32x4.eq(v128.load(at), wanted), i32x4.eq(v128.load(at, 16), wanted)),
        v128.or(i32x4.eq(v128.load(at, 32), wanted), i32x4.eq(v128.load(at, 48), wanted)),
      ),
    )
  );
}
