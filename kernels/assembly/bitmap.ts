// Bitmaps of 64-bit words: bit i is word i >> 6, weight 2^(i & 63), which is byte i >> 3, weight 2^(i & 7). All writes
// are whole words: a byte written just before a word is read would stall the load.

@inline
export function wordAt(map: usize, word: u32): u64 {
  return load<u64>(map + ((<usize>word) << 3));
}

@inline
export function bitAt(map: usize, bit: u32): u32 {
  return <u32>(wordAt(map, bit >> 6) >> (bit & 63)) & 1;
}

/** Bits [bit, bit + count), the first lowest; 0 < count <= 64. Reads up to a word beyond. */
@inline
export function bitsAt(map: usize, bit: u32, count: u32): u64 {
  const at = map + ((<usize>(bit >> 6)) << 3);
  const shift: u64 = bit & 63;
  const bits = (load<u64>(at) >> shift) | ((load<u64>(at, 8) << 1) << (63 - shift));
  return bits & (~(<u64>0) >> (64 - count));
}

@inline
export function flipBit(map: usize, bit: u32): void {
  const at = map + ((bit >> 6) << 3);
  store<u64>(at, load<u64>(at) ^ ((<u64>1) << (bit & 63)));
}

/** Parity of bits [from, to), to > from. */
@inline
export function rangeParity(map: usize, from: u32, to: u32): u32 {
  const length = to - from;
  // An unaligned word that begins in the first bit's byte holds at least 57 bits of the range.
  if (length <= 57) {
    const bits = load<u64>(map + (from >> 3)) >> (from & 7);
    return <u32>popcnt<u64>(bits << (64 - length)) & 1;
  }
  const first = from >> 6;
  const last = (to - 1) >> 6;
  const head = wordAt(map, first) >> (from & 63);
  if (first == last) return <u32>popcnt<u64>(head << (64 - length)) & 1;
  let sum = head ^ (wordAt(map, last) << (63 - ((to - 1) & 63)));
  for (let word = first + 1; word < last; word++) sum ^= wordAt(map, word);
  return <u32>popcnt<u64>(sum) & 1;
}
