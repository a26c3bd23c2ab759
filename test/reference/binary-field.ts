import { MIDDLE_TERMS } from "../../kernels/field/irreducible.ts";

/** Product in GF(2^degree) of two elements as little-endian 32-bit words. */
export function multiplyWords(a: Uint32Array, b: Uint32Array, degree: number): Uint32Array {
  const words = degree / 32;
  const wide = new Uint32Array(2 * words + 1);
  const table = new Uint32Array(16 * (words + 1));
  for (let n = 1; n < 16; n++)
    for (let w = 0; w <= words; w++)
      for (let bit = 0; bit < 4; bit++)
        if ((n >> bit) & 1)
          table[n * (words + 1) + w]! ^=
            ((b[w] ?? 0) << bit) | (bit > 0 && w > 0 ? b[w - 1]! >>> (32 - bit) : 0);
  for (let nibble = 7; nibble >= 0; nibble--) {
    if (nibble < 7)
      for (let w = 2 * words; w >= 0; w--) wide[w] = (wide[w]! << 4) | (w > 0 ? wide[w - 1]! >>> 28 : 0);
    for (let w = 0; w < words; w++) {
      const row = ((a[w]! >>> (4 * nibble)) & 15) * (words + 1);
      for (let i = 0; i <= words; i++) wide[w + i]! ^= table[row + i]!;
    }
  }
  return reduce(wide, degree);
}

function reduce(wide: Uint32Array, degree: number): Uint32Array {
  const words = degree / 32;
  const shifts = [0, ...MIDDLE_TERMS.get(degree)!];
  for (let w = wide.length - 1; w >= words; w--) {
    const value = wide[w]!;
    wide[w] = 0;
    for (const shift of shifts) {
      wide[w - words]! ^= value << shift;
      if (shift > 0) wide[w - words + 1]! ^= value >>> (32 - shift);
    }
  }
  return wide.slice(0, words);
}
