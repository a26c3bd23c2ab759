import { wordAt } from "./bitmap";
import { keyAt, storeKey, storeLeaves } from "./leaf-map";

// Permuting the bits of many frames alike: 32 frames are turned into words that hold one bit of each frame, the words
// are moved, and turned back. That is a word moved per 32 bits instead of a bit per bit.

/** Copies the key of one leaf map into the order of a permutation, into another, with the leaves that `starts` names. */
export function permuteOne(from: usize, permutation: usize, to: usize, bits: u32, starts: usize): void {
  for (let first: u32 = 0; first < bits; first += 64) {
    let sum: u64 = 0;
    const count = min<u32>(64, bits - first);
    // From the last bit to the first, so that all move up by one: a shift by a constant.
    for (let i = count; i > 0; i--) {
      const bit: u32 = load<u16>(permutation + ((first + i - 1) << 1));
      sum = (sum << 1) | ((keyAt(from, bit >> 6) >> (bit & 63)) & 1);
    }
    storeLeaves(to, first >> 6, wordAt(starts, first >> 6));
    storeKey(to, first >> 6, sum);
  }
}

/**
 * Copies the keys, of `bits` bits (a multiple of 64), of up to 32 leaf maps `stride` bytes apart into the order of a
 * permutation, into as many others, with the leaves that `starts` names. `work` holds 4 * (65536 + 64) + 512 bytes.
 */
export function permuteMany(
  from: usize,
  to: usize,
  stride: usize,
  frames: u32,
  permutation: usize,
  bits: u32,
  starts: usize,
  work: usize,
): void {
  const square = work;
  const columns = work + 512;
  for (let first: u32 = 0; first < bits; first += 128) {
    for (let f: u32 = 0; f < 32; f++)
      v128.store(square + (f << 4), f < frames ? loadTwo(from + <usize>f * stride, first >> 6) : i64x2.splat(0));
    transposeFour(square);
    // Lane l of vector i is bit first + 32 l + i of all frames.
    for (let i: u32 = 0; i < 32; i++) {
      const at = columns + ((first + i) << 2);
      const vector = v128.load(square + (i << 4));
      store<u32>(at, i32x4.extract_lane(vector, 0));
      store<u32>(at, i32x4.extract_lane(vector, 1), 128);
      store<u32>(at, i32x4.extract_lane(vector, 2), 256);
      store<u32>(at, i32x4.extract_lane(vector, 3), 384);
    }
  }
  for (let first: u32 = 0; first < bits; first += 128) {
    // Slots past the end are rubbish.
    for (let i: u32 = 0; i < 32; i++) {
      const at = permutation + ((first + i) << 1);
      let vector = v128.load_splat<u32>(columns + (<usize>load<u16>(at) << 2));
      vector = v128.load_lane<u32>(columns + (<usize>load<u16>(at, 64) << 2), vector, 1);
      vector = v128.load_lane<u32>(columns + (<usize>load<u16>(at, 128) << 2), vector, 2);
      vector = v128.load_lane<u32>(columns + (<usize>load<u16>(at, 192) << 2), vector, 3);
      v128.store(square + (i << 4), vector);
    }
    transposeFour(square);
    for (let f: u32 = 0; f < frames; f++)
      storeTwo(to + <usize>f * stride, first >> 6, v128.load(square + (f << 4)), starts);
  }
}

@inline
function loadTwo(map: usize, word: u32): v128 {
  return i64x2.replace_lane(i64x2.splat(keyAt(map, word)), 1, keyAt(map, word + 1));
}

@inline
function storeTwo(map: usize, word: u32, keys: v128, starts: usize): void {
  storeLeaves(map, word, wordAt(starts, word));
  storeKey(map, word, i64x2.extract_lane(keys, 0));
  storeLeaves(map, word + 1, wordAt(starts, word + 1));
  storeKey(map, word + 1, i64x2.extract_lane(keys, 1));
}

/** Transposes the 32 x 32 bit matrix in each of the four lanes of 32 vectors; its own inverse. */
function transposeFour(square: usize): void {
  swapRows(square, 16, 0x0000ffff);
  swapRows(square, 8, 0x00ff00ff);
  swapRows(square, 4, 0x0f0f0f0f);
  swapRows(square, 2, 0x33333333);
  swapRows(square, 1, 0x55555555);
}

@inline
function swapRows(square: usize, distance: u32, bits: i32): void {
  const mask = i32x4.splat(bits);
  for (let block: u32 = 0; block < 32; block += 2 * distance)
    for (let i = block; i < block + distance; i++) {
      const x = square + (i << 4);
      const y = x + (distance << 4);
      const a = v128.load(x);
      const b = v128.load(y);
      const difference = v128.and(v128.xor(i32x4.shr_u(a, distance), b), mask);
      v128.store(y, v128.xor(b, difference));
      v128.store(x, v128.xor(a, i32x4.shl(difference, distance)));
    }
}
