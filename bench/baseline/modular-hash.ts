/**
 * Privacy amplification with nothing but the language: ((a x + b) mod 2^w) >> (w - m), strongly universal for
 * w >= n + m - 1. `a` and `b` have w bits. Returns m bits as a number.
 */
export function modularHash(
  x: bigint,
  a: bigint,
  b: bigint,
  size: { readonly inputBits: number; readonly outputBits: number },
): bigint {
  const width = size.inputBits + size.outputBits - 1;
  return BigInt.asUintN(width, a * x + b) >> BigInt(width - size.outputBits);
}

/** The bytes as one number, the quickest way the language offers. */
export function asNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}
