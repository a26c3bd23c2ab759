import { Cohort, maskBytes } from "./cascade-layout";
import { Random } from "./random";

/** Draws the permutation of pass 2 and its inverse, and both restricted to the last frame's bits. */
export function drawPermutation(cohort: Cohort): void {
  const bits = cohort.frameBits;
  const permutation = cohort.permutation;
  for (let i: u32 = 0; i < bits; i++) store<u16>(permutation + (i << 1), <u16>i);
  shuffle(permutation, bits, cohort.random);
  invert(permutation, cohort.inverse, bits);
  const length = cohort.lastFrameBits;
  if (length == bits) {
    cohort.lastPermutation = permutation;
    cohort.lastInverse = cohort.inverse;
    return;
  }
  let kept: u32 = 0;
  for (let i: u32 = 0; i < bits; i++) {
    const bit = load<u16>(permutation + (i << 1));
    if (<u32>bit < length) store<u16>(cohort.lastPermutation + (kept++ << 1), bit);
  }
  invert(cohort.lastPermutation, cohort.lastInverse, length);
}

/** Fisher, Yates. */
function shuffle(order: usize, count: u32, random: Random): void {
  for (let i: u32 = count - 1; i > 0; i--) {
    const j = <u32>((<u64>random.next() * (i + 1)) >> 32);
    const other = load<u16>(order + (j << 1));
    store<u16>(order + (j << 1), load<u16>(order + (i << 1)));
    store<u16>(order + (i << 1), other);
  }
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
