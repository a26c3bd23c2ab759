import { bitAt } from "./bitmap";
import { Cohort, maskBytes } from "./cascade-layout";

/** Draws the permutation of pass 2 (Fisher, Yates) and its inverse, and both restricted to the last frame's bits. */
export function drawPermutation(cohort: Cohort): void {
  const bits = cohort.frameBits;
  const permutation = cohort.permutation;
  for (let i: u32 = 0; i < bits; i++) store<u16>(permutation + (i << 1), <u16>i);
  const random = cohort.random;
  for (let i: u32 = bits - 1; i > 0; i--) {
    const j = <u32>((<u64>random.next() * (i + 1)) >> 32);
    const other = load<u16>(permutation + (j << 1));
    store<u16>(permutation + (j << 1), load<u16>(permutation + (i << 1)));
    store<u16>(permutation + (i << 1), other);
  }
  invert(permutation, cohort.inverse, bits);
  const length = cohort.lastFrameBits;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < bits; i++) {
    const bit = load<u16>(permutation + (i << 1));
    if (<u32>bit < length) store<u16>(cohort.lastPermutation + (kept++ << 1), bit);
  }
  invert(cohort.lastPermutation, cohort.lastInverse, length);
}

function invert(permutation: usize, inverse: usize, bits: u32): void {
  for (let i: u32 = 0; i < bits; i++) store<u16>(inverse + ((<u32>load<u16>(permutation + (i << 1))) << 1), <u16>i);
}

/** Mask of random subset `index`; draws the masks up to it and `count - 1` further where they are new. */
export function subsetMasks(cohort: Cohort, index: u32, count: u32): usize {
  const bytes = maskBytes(cohort.frameBits);
  const random = cohort.random;
  while (cohort.masksDrawn < index + count) {
    const mask = cohort.masks + <usize>cohort.masksDrawn * bytes;
    const words = cohort.frameBits >> 5;
    for (let word: u32 = 0; word < words; word++) store<u32>(mask + (word << 2), random.next());
    for (let at: usize = words << 2; at < bytes; at += 4) store<u32>(mask + at, 0);
    cohort.masksDrawn++;
  }
  return cohort.masks + <usize>index * bytes;
}

/** Copies a key into the order of a permutation. */
export function permute(key: usize, permutation: usize, permuted: usize, bits: u32): void {
  const whole = bits >> 6;
  for (let word: u32 = 0; word < whole; word++) {
    let sum: u64 = 0;
    for (let i: u32 = 0; i < 64; i += 4) {
      const four = load<u64>(permutation + (((word << 6) + i) << 1));
      const a = <u32>four & 0xffff;
      const b = (<u32>four) >> 16;
      const c = <u32>(four >> 32) & 0xffff;
      const d = <u32>(four >> 48);
      const nibble =
        bitAt(key, a) |
        (bitAt(key, b) << 1) |
        (bitAt(key, c) << 2) |
        (bitAt(key, d) << 3);
      sum |= (<u64>nibble) << i;
    }
    store<u64>(permuted + (word << 3), sum);
  }
  if ((bits & 63) == 0) return;
  let sum: u64 = 0;
  for (let i: u32 = whole << 6; i < bits; i++) {
    const bit: u32 = load<u16>(permutation + (i << 1));
    sum |= (<u64>bitAt(key, bit)) << (i & 63);
  }
  store<u64>(permuted + (whole << 3), sum);
}
