import { bitAt, wordAt } from "./bitmap";
import { Frame, Pass, subsetStateOf } from "./layout";
import { maskBytes } from "./tables";

// Slots of subset passes: slot = cell * block + key bit, where the bit's entries in the masks number the cell. Most slots
// hold no key bit.

/** All ones where the mask of this plane must be zero in the cell. */
@inline
function invertOf(cell: u32, plane: u32): u64 {
  return <u64>((cell >> plane) & 1) - 1;
}

/** The cell that holds a key bit. */
@inline
export function cellOf(pass: Pass, bit: u32): u32 {
  const stride = maskBytes(pass.block);
  let cell: u32 = 0;
  for (let plane: u32 = 0; plane < pass.planes; plane++) cell |= bitAt(pass.masks + <usize>plane * stride, bit) << plane;
  return cell;
}

/** Slots of a word that belong to the cell. */
@inline
function cellWord(pass: Pass, cell: u32, word: u32): u64 {
  const stride = maskBytes(pass.block);
  let bits = ~(<u64>0);
  let mask = pass.masks;
  for (let plane: u32 = 0; plane < pass.planes; plane++, mask += stride)
    bits &= wordAt(mask, word) ^ invertOf(cell, plane);
  return bits;
}

/** Parity of the key bits in slots [from, to); longer ranges than a word begin and end between words. */
export function subsetParity(frame: Frame, pass: Pass, from: u32, to: u32): u32 {
  const key = subsetStateOf(frame).key;
  const cell = from / pass.block;
  from -= cell * pass.block;
  to -= cell * pass.block;
  const first = from >> 6;
  const last = (to - 1) >> 6;
  if (first == last) {
    const word = wordAt(key, first) & cellWord(pass, cell, first);
    return <u32>popcnt<u64>((word >> (from & 63)) << (64 - (to - from))) & 1;
  }
  let word = first;
  let sums = i64x2.splat(0);
  const stride = maskBytes(pass.block);
  for (; word + 1 <= last; word += 2) {
    const at: usize = (<usize>word) << 3;
    let bits = v128.load(key + at);
    let mask = pass.masks + at;
    for (let plane: u32 = 0; plane < pass.planes; plane++, mask += stride)
      bits = v128.and(bits, v128.xor(v128.load(mask), i64x2.splat(invertOf(cell, plane))));
    sums = v128.xor(sums, bits);
  }
  let sum: u64 = i64x2.extract_lane(sums, 0) ^ i64x2.extract_lane(sums, 1);
  if (word <= last) sum ^= wordAt(key, word) & cellWord(pass, cell, word);
  return <u32>popcnt<u64>(sum) & 1;
}

/** Slots of a small subset range that hold key bits, as a word from its first slot on. */
export function membersOf(frame: Frame, pass: Pass, from: u32): u64 {
  const cell = from / pass.block;
  const bit = from - cell * pass.block;
  const start = bit & ~63;
  let members = cellWord(pass, cell, bit >> 6);
  if (start + 64 > frame.length)
    members = start >= frame.length ? 0 : members & (~(<u64>0) >> (64 - (frame.length - start)));
  return members >> (bit & 63);
}
