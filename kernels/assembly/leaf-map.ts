// The known ranges of a pass, "leaves": for each slot, one bit that tells whether a leaf begins there and one that tells
// whether the leaf beginning there is odd, that is, differs in parity between the sides. Words of both alternate, so that
// a leaf's two bits share a cache line. A summary bit for each odd word keeps the search for odd leaves short.

@inline
function startsAt(map: usize, word: u32): u64 {
  return load<u64>(map + ((<usize>word) << 4));
}

@inline
export function oddAt(map: usize, word: u32): u64 {
  return load<u64>(map + ((<usize>word) << 4), 8);
}

@inline
export function storeOdd(map: usize, word: u32, bits: u64): void {
  store<u64>(map + ((<usize>word) << 4), bits, 8);
}

@inline
export function beginLeaf(map: usize, at: u32): void {
  const place = map + ((<usize>(at >> 6)) << 4);
  store<u64>(place, load<u64>(place) | ((<u64>1) << (at & 63)));
}

/** Begins a leaf at `at + i` for each bit i of `starts`. */
@inline
export function beginLeaves(map: usize, at: u32, starts: u64): void {
  const place = map + ((<usize>(at >> 6)) << 4);
  const shift: u64 = at & 63;
  store<u64>(place, load<u64>(place) | (starts << shift));
  const rest = (starts >> 1) >> (63 - shift);
  // The last word has none behind it.
  if (rest != 0) store<u64>(place, load<u64>(place, 16) | rest, 16);
}

/** Flips the oddness of the leaf beginning at `at`; returns +1 when it became odd, -1 when even. */
@inline
export function flipOdd(map: usize, summary: usize, at: u32): i32 {
  const word = at >> 6;
  const bits = oddAt(map, word) ^ ((<u64>1) << (at & 63));
  storeOdd(map, word, bits);
  const group = summary + ((<usize>(word >> 6)) << 3);
  store<u64>(group, load<u64>(group) | ((<u64>1) << (word & 63)));
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
