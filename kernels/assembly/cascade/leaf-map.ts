// The known ranges of a pass, "leaves", and its key. A record holds what belongs to 64 slots: a word that tells where
// leaves begin, one that tells which of these are odd, that is, differ in parity between the sides, and one of key bits.
// So all that concerns a slot lies in one cache line, or in two neighbours. A summary bit for each two records with odd
// leaves keeps the search for them short. The maps of subset passes have no key; a bit there stands for 64 slots.

import { touch } from "./touch";

export const RECORD_BYTES: usize = 24;
/** log2 of the records that share a summary bit. */
export const SUMMARY_LOG: u32 = 1;

@inline
export function recordAt(map: usize, word: u32): usize {
  return map + <usize>word * RECORD_BYTES;
}

/** Reads ahead the record of a slot, which may lie in two cache lines. */
@inline
export function touchRecord(map: usize, at: u32): u64 {
  const place = recordAt(map, at >> 6);
  return touch(place) + touch(place + RECORD_BYTES - 8);
}

@inline
function startsAt(map: usize, word: u32): u64 {
  return load<u64>(recordAt(map, word));
}

@inline
export function oddAt(map: usize, word: u32): u64 {
  return load<u64>(recordAt(map, word), 8);
}

@inline
export function storeOdd(map: usize, word: u32, bits: u64): void {
  store<u64>(recordAt(map, word), bits, 8);
}

@inline
export function keyAt(map: usize, word: u32): u64 {
  return load<u64>(recordAt(map, word), 16);
}

@inline
export function storeKey(map: usize, word: u32, bits: u64): void {
  store<u64>(recordAt(map, word), bits, 16);
}

/** Sets where leaves begin; none is odd. */
@inline
export function storeLeaves(map: usize, word: u32, starts: u64): void {
  v128.store(recordAt(map, word), i64x2.replace_lane(i64x2.splat(0), 0, starts));
}

@inline
export function beginLeaf(map: usize, at: u32): void {
  const place = recordAt(map, at >> 6);
  store<u64>(place, load<u64>(place) | ((<u64>1) << (at & 63)));
}

/** Begins a leaf at `at + i` for each bit i of `starts`. */
@inline
export function beginLeaves(map: usize, at: u32, starts: u64): void {
  const place = recordAt(map, at >> 6);
  const shift: u64 = at & 63;
  store<u64>(place, load<u64>(place) | (starts << shift));
  const rest = (starts >> 1) >> (63 - shift);
  // The last word has none behind it.
  if (rest != 0) store<u64>(place, load<u64>(place, RECORD_BYTES) | rest, RECORD_BYTES);
}

/** Flips the oddness of the leaf beginning at `at`; returns +1 when it became odd, -1 when even. */
@inline
export function flipOdd(map: usize, summary: usize, at: u32): i32 {
  const word = at >> 6;
  const bits = oddAt(map, word) ^ ((<u64>1) << (at & 63));
  storeOdd(map, word, bits);
  const some = word >> SUMMARY_LOG;
  const group = summary + ((<usize>(some >> 6)) << 3);
  store<u64>(group, load<u64>(group) | ((<u64>1) << (some & 63)));
  return (<i32>((bits >> (at & 63)) & 1) << 1) - 1;
}

/** Beginning of the leaf that holds `at`. */
@inline
export function leafStart(map: usize, at: u32): u32 {
  let word = at >> 6;
  let bits = startsAt(map, word) & (~(<u64>0) >> (63 - (at & 63)));
  while (bits == 0) bits = startsAt(map, --word);
  return (word << 6) + 63 - <u32>clz<u64>(bits);
}

/** End of the leaf that begins at `start`: the next beginning, or `end`. */
@inline
export function leafEnd(map: usize, start: u32, end: u32): u32 {
  const after = start + 1;
  if (after >= end) return end;
  let word = after >> 6;
  const last = (end - 1) >> 6;
  let bits = startsAt(map, word) & (~(<u64>0) << (after & 63));
  while (bits == 0) {
    if (word == last) return end;
    bits = startsAt(map, ++word);
  }
  return min<u32>(end, (word << 6) + <u32>ctz<u64>(bits));
}
