import { MIDDLE_TERMS } from "../../kernels/field/irreducible.ts";

/** x^degree + ... + 1, the polynomial that defines GF(2^degree) in the kernels. */
export function modulus(degree: number): bigint {
  return [0, ...MIDDLE_TERMS.get(degree)!, degree].reduce((sum, term) => sum | (1n << BigInt(term)), 0n);
}

/** Remainder of a polynomial over GF(2), bit i its coefficient of x^i. */
export function remainder(value: bigint, divisor: bigint): bigint {
  const degree = bitLength(divisor);
  let rest = value;
  for (let length = bitLength(rest); length >= degree; length = bitLength(rest))
    rest ^= divisor << BigInt(length - degree);
  return rest;
}

/** Product of two elements of GF(2^degree). */
export function multiplyBig(a: bigint, b: bigint, degree: number): bigint {
  let product = 0n;
  for (let i = 0n; b >> i; i++) if ((b >> i) & 1n) product ^= a << i;
  return remainder(product, modulus(degree));
}

/** Greatest common divisor of polynomials over GF(2). */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller) [larger, smaller] = [smaller, remainder(larger, smaller)];
  return larger;
}

/** Little-endian bytes to an integer. */
export function fromBytes(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).reverse().toString("hex")}`);
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
