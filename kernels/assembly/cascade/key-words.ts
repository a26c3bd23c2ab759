import { keyAt, storeKey, storeLeaves } from "./leaf-map";

// The key of a pass, spread over the records of its leaf map.

@inline
export function flipKey(map: usize, bit: u32): void {
  const word = bit >> 6;
  storeKey(map, word, keyAt(map, word) ^ ((<u64>1) << (bit & 63)));
}

/** Key bits [from, to), the first lowest, rubbish above; 0 < to - from <= 64. */
@inline
export function keyBits(map: usize, from: u32, to: u32): u64 {
  const shift: u64 = from & 63;
  return (keyAt(map, from >> 6) >> shift) | ((keyAt(map, (to - 1) >> 6) << 1) << (63 - shift));
}

/** Parity of key bits [from, to), to > from. */
@inline
export function keyParity(map: usize, from: u32, to: u32): u32 {
  const first = from >> 6;
  const last = (to - 1) >> 6;
  const head = keyAt(map, first) >> (from & 63);
  if (first == last) return <u32>popcnt<u64>(head << (64 - (to - from))) & 1;
  let sum = head ^ (keyAt(map, last) << (63 - ((to - 1) & 63)));
  for (let word = first + 1; word < last; word++) sum ^= keyAt(map, word);
  return <u32>popcnt<u64>(sum) & 1;
}

/** Makes records of a key that lies in one piece, with the leaves that `starts` names. */
export function spreadKey(key: usize, starts: usize, map: usize, words: u32): void {
  for (let word: u32 = 0; word < words; word++) {
    storeLeaves(map, word, load<u64>(starts + (word << 3)));
    storeKey(map, word, load<u64>(key + (word << 3)));
  }
}

/** Copies the key out of its records in one piece. */
export function gatherKey(map: usize, key: usize, words: u32): void {
  for (let word: u32 = 0; word < words; word++) store<u64>(key + (word << 3), keyAt(map, word));
}
