import { Random, seedRandom } from "./random";

/** What both sides draw from the public seed: the permutation of pass 1 and the masks of later passes. */
@unmanaged
export class Tables {
  frameBits: u32;
  /** Masks at most, and drawn so far. */
  maxMasks: u32;
  masksDrawn: u32;
  random: Random;
  /** Key bit in each slot of pass 1, u16, and slot of each key bit. */
  permutation: usize;
  inverse: usize;
  masks: usize;
}

/** Bytes of a mask, one bit a slot, in whole vectors. */
@inline
export function maskBytes(frameBits: u32): usize {
  return ((<usize>frameBits + 127) >> 7) << 4;
}

@inline
function permutationBytes(frameBits: u32): usize {
  return ((<usize>frameBits << 1) + 15) & ~15;
}

export function cascadeTablesBytes(frameBits: u32, maxMasks: u32): usize {
  return 64 + 16 + 2 * permutationBytes(frameBits) + <usize>maxMasks * maskBytes(frameBits);
}

/** Draws the permutation and its inverse at `at` from a 32-byte seed; masks are drawn when they are first needed. */
export function cascadeTablesBegin(at: usize, frameBits: u32, maxMasks: u32, seed: usize): void {
  const tables = changetype<Tables>(at);
  tables.frameBits = frameBits;
  tables.maxMasks = maxMasks;
  tables.masksDrawn = 0;
  tables.random = changetype<Random>(at + 64);
  tables.permutation = at + 80;
  tables.inverse = tables.permutation + permutationBytes(frameBits);
  tables.masks = tables.inverse + permutationBytes(frameBits);
  seedRandom(at + 64, seed);
  const permutation = tables.permutation;
  for (let i: u32 = 0; i < frameBits; i++) store<u16>(permutation + (i << 1), <u16>i);
  shuffle(permutation, frameBits, tables.random);
  invert(permutation, tables.inverse, frameBits);
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

/**
 * Restricts the permutation to key bits below `length`, in the same order, with its inverse; both are as long as those of
 * the tables. Whether a bit is kept is a coin toss: all are written, and those not kept are written over.
 */
export function restrictPermutation(tables: Tables, length: u32, permutation: usize, inverse: usize): void {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < tables.frameBits; i++) {
    const bit: u32 = load<u16>(tables.permutation + (i << 1));
    store<u16>(permutation + (kept << 1), <u16>bit);
    store<u16>(inverse + (bit << 1), <u16>kept);
    kept += <u32>(bit < length);
  }
}

/** Mask of random subset `index`; draws the masks up to it and `count - 1` further where they are new. */
export function subsetMasks(tables: Tables, index: u32, count: u32): usize {
  const bytes = maskBytes(tables.frameBits);
  const random = tables.random;
  while (tables.masksDrawn < index + count) {
    const mask = tables.masks + <usize>tables.masksDrawn * bytes;
    const words = tables.frameBits >> 5;
    for (let word: u32 = 0; word < words; word++) store<u32>(mask + (word << 2), random.next());
    for (let at: usize = words << 2; at < bytes; at += 4) store<u32>(mask + at, 0);
    tables.masksDrawn++;
  }
  return tables.masks + <usize>index * bytes;
}
