import { bitAt, flipBit, rangeParity, setBit, setBitAtOrBelow, wordAt } from "./bitmap";
import { Cohort, denseBytes, Frame, Pass, passOf, sparseBytes, SUMMARY_BYTES } from "./cascade-layout";
import { permute, subsetMask } from "./cascade-tables";

/** Begins the next pass of a frame: block boundaries set, nothing odd yet. */
export function startPass(frame: Frame): Pass {
  const cohort = frame.cohort;
  const index = frame.started++;
  const pass = passOf(frame, index);
  pass.oddCount = 0;
  pass.key = frame.key;
  let bytes = denseBytes(cohort.frameBits);
  if (index < 2) {
    pass.grain = 0;
    pass.slots = frame.length;
    pass.block = index == 0 ? cohort.firstBlock : cohort.secondBlock;
    if (index == 1) {
      permute(frame.key, frame.permutation, frame.permuted, frame.length);
      pass.key = frame.permuted;
    }
  } else {
    bytes = sparseBytes(cohort.frameBits);
    pass.grain = 6;
    pass.slots = cohort.frameBits << 1;
    pass.block = cohort.frameBits;
    pass.mask = subsetMask(cohort, index - 2);
  }
  memory.fill(pass.starts, 0, bytes);
  memory.fill(pass.odd, 0, bytes);
  memory.fill(pass.oddWords, 0, SUMMARY_BYTES);
  for (let slot: u32 = 0; slot < pass.slots; slot += pass.block) setBit(pass.starts, slot >> pass.grain);
  return pass;
}

@inline
export function blockCount(pass: Pass): u32 {
  return (pass.slots + pass.block - 1) / pass.block;
}

/** Where a range is cut in two; long subset ranges are cut between words. */
@inline
export function middleOf(pass: Pass, from: u32, to: u32): u32 {
  const length = to - from;
  if (pass.grain != 0 && length > 64) return from + ((((length >> 6) + 1) >> 1) << 6);
  return from + ((length + 1) >> 1);
}

/** Parity of the key bits in slots [from, to). */
@inline
export function passParity(pass: Pass, from: u32, to: u32): u32 {
  if (pass.grain == 0) return rangeParity(pass.key, from, to);
  return subsetParity(pass, from, to);
}

function subsetParity(pass: Pass, from: u32, to: u32): u32 {
  const complement: u64 = from >= pass.block ? ~(<u64>0) : 0;
  if (complement) {
    from -= pass.block;
    to -= pass.block;
  }
  const first = from >> 6;
  const last = (to - 1) >> 6;
  if (first == last) {
    const word = wordAt(pass.key, first) & (wordAt(pass.mask, first) ^ complement);
    return <u32>popcnt<u64>((word >> (from & 63)) << (64 - (to - from))) & 1;
  }
  // Ranges longer than a word begin and end between words.
  let sum: u64 = 0;
  let word = first;
  if (last - first >= 3) {
    const invert = i64x2.splat(complement);
    let sums = i64x2.splat(0);
    for (; word + 1 <= last; word += 2) {
      const at: usize = (<usize>word) << 3;
      sums = v128.xor(
        sums,
        v128.and(v128.load(pass.key + at), v128.xor(v128.load(pass.mask + at), invert)),
      );
    }
    sum = i64x2.extract_lane(sums, 0) ^ i64x2.extract_lane(sums, 1);
  }
  for (; word <= last; word++) sum ^= wordAt(pass.key, word) & (wordAt(pass.mask, word) ^ complement);
  return <u32>popcnt<u64>(sum) & 1;
}

/** Slots of a small subset range that hold key bits, as a word from its first slot on. */
@inline
export function membersOf(frame: Frame, pass: Pass, from: u32): u64 {
  const complement: u64 = from >= pass.block ? ~(<u64>0) : 0;
  const bit = from >= pass.block ? from - pass.block : from;
  const start = bit & ~63;
  let members = wordAt(pass.mask, bit >> 6) ^ complement;
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
  return bitAt(pass.mask, bit) ? bit : pass.block + bit;
}

/** Key bit in a slot of pass `index`. */
@inline
export function bitIn(frame: Frame, index: u32, slot: u32): u32 {
  if (index == 0) return slot;
  if (index == 1) return load<u16>(frame.permutation + (slot << 1));
  const block = passOf(frame, index).block;
  return slot >= block ? slot - block : slot;
}

/** Flips the oddness of the known range that holds a slot. */
@inline
export function toggle(pass: Pass, slot: u32): void {
  const start = setBitAtOrBelow(pass.starts, slot >> pass.grain);
  flipBit(pass.odd, start);
  setBit(pass.oddWords, start >> 6);
  pass.oddCount += (bitAt(pass.odd, start) << 1) - 1;
}

/** Marks a range that begins at `slot` and was even as odd. */
@inline
export function markOdd(pass: Pass, slot: u32): void {
  const start = slot >> pass.grain;
  setBit(pass.odd, start);
  setBit(pass.oddWords, start >> 6);
  pass.oddCount++;
}
