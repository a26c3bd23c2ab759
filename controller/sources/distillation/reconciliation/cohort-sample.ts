import { createHash } from "node:crypto";

/**
 * Positions of a cohort's sample, rising: one in each of `count` parts of equal length, drawn from the block's public seed,
 * which is younger than all signals. SHAKE256 of the seed, the text `sample` and the cohort's number as u32 gives a u32 for each.
 */
export function samplePositions(
  seed: Uint8Array,
  cohort: number,
  keyBits: number,
  count: number,
): Uint32Array {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, cohort);
  const drawn = createHash("shake256", { outputLength: 4 * count })
    .update(seed)
    .update("sample")
    .update(number)
    .digest();
  return Uint32Array.from({ length: count }, (_, part) => {
    const from = Math.floor((part * keyBits) / count);
    const length = Math.floor(((part + 1) * keyBits) / count) - from;
    return from + (drawn.readUInt32BE(4 * part) % length);
  });
}

/** The bits at those positions, side by side. */
export function bitsAt(bits: Uint8Array, positions: Uint32Array): Uint8Array {
  const plane = new Uint8Array(Math.ceil(positions.length / 8));
  for (const [i, at] of positions.entries()) {
    const bit = ((bits[at >> 3] ?? 0) >> (at & 7)) & 1;
    plane[i >> 3] = (plane[i >> 3] ?? 0) | (bit << (i & 7));
  }
  return plane;
}

/** Ones in the bitwise difference of two planes of equal length. */
export function differences(a: Uint8Array, b: Uint8Array): number {
  let ones = 0;
  for (let i = 0; i < a.length; i++)
    for (let rest = (a[i] ?? 0) ^ (b[i] ?? 0); rest !== 0; rest &= rest - 1) ones += 1;
  return ones;
}
