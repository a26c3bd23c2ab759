/**
 * Exponents between 0 and d of the irreducible pentanomial x^d + ... + 1 that defines GF(2^d), for every degree the
 * kernels use. Irreducibility is verified by Rabin's test in this room's tests.
 */
export const MIDDLE_TERMS: ReadonlyMap<number, readonly [number, number, number]> = new Map([
  [128, [7, 2, 1]],
  [256, [10, 5, 2]],
  [512, [8, 5, 2]],
  [768, [19, 17, 4]],
  [1024, [19, 6, 1]],
  [1536, [21, 6, 2]],
  [2048, [19, 14, 13]],
  [2304, [8, 7, 5]],
]);
