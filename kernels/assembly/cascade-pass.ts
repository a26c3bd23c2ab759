import { bitAt, rangeParity, wordAt } from "./bitmap";
import { CELL_PASS, DENSE_PASSES, Frame, mapBytes, Pass, passOf, SUMMARY_BYTES } from "./cascade-layout";
import { maskBytes, subsetMasks } from "./cascade-tables";
import { cellParities } from "./cell-parities";
import { beginLeaf, flipOdd, leafStart } from "./leaf-map";

/** Begins one of the first three passes of a frame: one leaf a block, nothing odd yet. */
export function startPass(frame: Frame): void {
  const cohort = frame.cohort;
  const index = frame.started++;
  const pass = passOf(frame, index);
  pass.oddCount = 0;
  pass.key = frame.key;
  if (index < DENSE_PASSES) {
    pass.grain = 0;
    pass.planes = 0;
    pass.slots = frame.length;
    pass.block = index == 0 ? cohort.firstBlock : cohort.secondBlock;
    if (index == 1) pass.key = frame.permuted;
  } else {
    pass.grain = 6;
    pass.planes = cohort.cellPlanes;
    pass.slots = cohort.frameBits << pass.planes;
    pass.block = cohort.frameBits;
    pass.masks = subsetMasks(cohort.tables, 0, pass.planes);
  }
  memory.fill(pass.map, 0, mapBytes(cohort, index));
  memory.fill(pass.summary, 0, SUMMARY_BYTES);
  for (let slot: u32 = 0; slot < pass.slots; slot += pass.block) beginLeaf(pass.map, slot >> pass.grain);
}

@inline
export function blockCount(pass: Pass): u32 {
  return (pass.slots + pass.block - 1) / pass.block;
}

/** Parity of the key bits in slots [from, to). */
@inline
export function passParity(pass: Pass, from: u32, to: u32): u32 {
  if (pass.grain == 0) return rangeParity(pass.key, from, to);
  return subsetParity(pass, from, to);
}

function subsetParity(pass: Pass, from: u32, to: u32): u32 {
  const cell = from / pass.block;
  from -= cell * pass.block;
  to -= cell * pass.block;
  const first = from >> 6;
  const last = (to - 1) >> 6;
  if (first == last) {
    const word = wordAt(pass.key, first) & cellWord(pass, cell, first);
    return <u32>popcnt<u64>((word >> (from & 63)) << (64 - (to - from))) & 1;
  }
  // Ranges longer than a word begin and end between words.
  let word = first;
  let sums = i64x2.splat(0);
  if (pass.planes == 1) {
    const invert = i64x2.splat(invertOf(cell, 0));
    for (; word + 1 <= last; word += 2) {
      const at: usize = (<usize>word) << 3;
      const members = v128.xor(v128.load(pass.masks + at), invert);
      sums = v128.xor(sums, v128.and(v128.load(pass.key + at), members));
    }
  } else {
    const stride = maskBytes(pass.block);
    for (; word + 1 <= last; word += 2) {
      const at: usize = (<usize>word) << 3;
      let bits = v128.load(pass.key + at);
      let mask = pass.masks + at;
      for (let plane: u32 = 0; plane < pass.planes; plane++, mask += stride)
        bits = v128.and(bits, v128.xor(v128.load(mask), i64x2.splat(invertOf(cell, plane))));
      sums = v128.xor(sums, bits);
    }
  }
  let sum: u64 = i64x2.extract_lane(sums, 0) ^ i64x2.extract_lane(sums, 1);
  if (word <= last) sum ^= wordAt(pass.key, word) & cellWord(pass, cell, word);
  return <u32>popcnt<u64>(sum) & 1;
}

/** Parities of all cells of a subset pass: bit c belongs to cell c. */
export function passCells(pass: Pass): u32 {
  return cellParities(pass.key, pass.masks, maskBytes(pass.block), pass.planes, pass.block >> 3);
}

/** All ones where the mask of this plane must be zero in the cell. */
@inline
function invertOf(cell: u32, plane: u32): u64 {
  return <u64>((cell >> plane) & 1) - 1;
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

/** Slot of a key bit in pass `index`. */
@inline
export function slotOf(frame: Frame, index: u32, bit: u32): u32 {
  if (index == 0) return bit;
  if (index == 1) return load<u16>(frame.inverse + (bit << 1));
  const pass = passOf(frame, index);
  const stride = maskBytes(pass.block);
  let cell: u32 = 0;
  for (let plane: u32 = 0; plane < pass.planes; plane++) cell |= bitAt(pass.masks + <usize>plane * stride, bit) << plane;
  return cell * pass.block + bit;
}

/** Key bit in a slot of pass `index`. */
@inline
export function bitIn(frame: Frame, index: u32, slot: u32): u32 {
  if (index == 0) return slot;
  if (index == 1) return load<u16>(frame.permutation + (slot << 1));
  return slot % passOf(frame, index).block;
}

/** Flips the oddness of the leaf that holds a slot. */
@inline
export function toggle(frame: Frame, index: u32, slot: u32): void {
  const pass = passOf(frame, index);
  pass.oddCount += flipOdd(pass.map, pass.summary, leafStart(pass.map, slot >> pass.grain));
  const mark = (<u64>1) << index;
  frame.oddPasses = pass.oddCount ? frame.oddPasses | mark : frame.oddPasses & ~mark;
}
