const MULTIPLIER = 0xd256d193;
const WEYL = 0x9e3779b9;
const ROUNDS = 7;

/** High 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const low = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (low >>> 16)) >>> 0;
}

/**
 * Philox2x32-7, the counter-based generator of Salmon, Moraes, Dror and Shaw (SC11, "Parallel random numbers: as easy
 * as 1, 2, 3"; seven rounds is their smallest count that passes BigCrush). A pure function of counter and key: the
 * value for a gate needs no value before it. Writes two uniform 32-bit words to `out`.
 */
export function philox2x32(counterLow: number, counterHigh: number, key: number, out: Uint32Array): void {
  let left = counterLow >>> 0;
  let right = counterHigh >>> 0;
  let roundKey = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high = multiplyHigh(MULTIPLIER, left);
    const low = Math.imul(MULTIPLIER, left);
    left = (high ^ roundKey ^ right) >>> 0;
    right = low >>> 0;
    roundKey = (roundKey + WEYL) | 0;
  }
  out[0] = left;
  out[1] = right;
}
