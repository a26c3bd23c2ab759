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
