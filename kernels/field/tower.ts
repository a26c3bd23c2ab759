/**
 * GF(2^16) as a tower: GF(2^8) = GF(2)[x] / (x^8 + x^4 + x^3 + x + 1), then y^2 = y + TOWER over it.
 * An element is 16 bits: low byte plus y times high byte.
 */
export const TOWER = 0x20;

/**
 * Cantor basis: v0 = 1, v(i)^2 + v(i) = v(i-1), the smaller root each. The first eight lie in GF(2^8), so the low
 * layers of the transform multiply by bytes only.
 */
export const CANTOR_BASIS: readonly number[] = [
  0x1, 0xbc, 0x5c, 0xc, 0xae, 0x5a, 0xe, 0x84, 0x1f6, 0xbc5c, 0x5c18, 0xc7e, 0xae46, 0x5a68, 0xe02, 0x8456,
];

/** Product in GF(2^8), shift and add. */
export function multiply8(a: number, b: number): number {
  let product = 0;
  for (let i = 7; i >= 0; i--) {
    product <<= 1;
    if (product & 0x100) product ^= 0x11b;
    if ((b >> i) & 1) product ^= a;
  }
  return product;
}

/** Product in GF(2^16). */
export function multiply16(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 255, a >> 8, b & 255, b >> 8];
  const high = multiply8(aHigh, bHigh);
  const low = multiply8(aLow, bLow) ^ multiply8(high, TOWER);
  return low | ((multiply8(aLow, bHigh) ^ multiply8(aHigh, bLow) ^ high) << 8);
}
