import { describe, expect, it } from "vitest";
import { MIDDLE_TERMS } from "../../kernels/field/irreducible.ts";
import { CANTOR_BASIS, multiply8, multiply16, TOWER } from "../../kernels/field/tower.ts";
import { greatestCommonDivisor, modulus, remainder } from "../reference/big-field.ts";

/** Squares a polynomial over GF(2): its bits move to twice their places. */
const square = (value: bigint) => {
  const digits = value.toString(16);
  const spread = Array.from(digits, (digit) => {
    const bits = Number.parseInt(digit, 16);
    return [0, 1, 2, 3]
      .reduce((sum, i) => sum | (((bits >> i) & 1) << (2 * i)), 0)
      .toString(16)
      .padStart(2, "0");
  });
  return BigInt(`0x${spread.join("")}`);
};

describe("the kernels' fields", () => {
  // Rabin: f of degree d is irreducible if and only if x^(2^d) = x mod f and, for every prime p that divides d,
  // gcd(x^(2^(d / p)) - x, f) = 1. All degrees here have the prime factors 2 and 3 alone.
  it.each([...MIDDLE_TERMS.keys()])("are defined by an irreducible polynomial: degree %i", (degree) => {
    const f = modulus(degree);
    const primes = [2, 3].filter((p) => degree % p === 0);
    let rest = degree;
    for (const p of primes) while (rest % p === 0) rest /= p;
    expect(rest).toBe(1);
    let power = 2n;
    for (let i = 1; i <= degree; i++) {
      power = reduce(square(power), degree);
      if (primes.some((p) => i === degree / p)) expect(greatestCommonDivisor(f, power ^ 2n)).toBe(1n);
    }
    expect(power).toBe(2n);
  });

  it("sees that a reducible polynomial is one", () => {
    // (x + 1)^2 = x^2 + 1: gcd(x^2 - x, x^2 + 1) = x + 1.
    expect(greatestCommonDivisor(0b101n, 0b110n)).toBe(0b11n);
    expect(remainder(0b101n, 0b11n)).toBe(0n);
  });

  it("build GF(2^16) on GF(2^8) by an irreducible y^2 + y + TOWER", () => {
    const images = new Set(Array.from({ length: 256 }, (_, t) => multiply8(t, t) ^ t));
    expect(images.has(TOWER)).toBe(false);
    expect(multiply8(0x57, 0x83)).toBe(0xc1);
  });

  it("multiply as fields do: every element has order 65535 at most, products distribute and associate", () => {
    for (let i = 0; i < 500; i++) {
      const [a, b, c] = [(i * 40503 + 1) & 0xffff, (i * 30011 + 7) & 0xffff, (i * 52967 + 3) & 0xffff];
      expect(multiply16(a, b)).toBe(multiply16(b, a));
      expect(multiply16(a, b ^ c)).toBe(multiply16(a, b) ^ multiply16(a, c));
      expect(multiply16(multiply16(a, b), c)).toBe(multiply16(a, multiply16(b, c)));
    }
    let power = 0x1234;
    for (let i = 0; i < 16; i++) power = multiply16(power, power);
    expect(power).toBe(0x1234);
  });

  it("have a Cantor basis whose first half spans GF(2^8)", () => {
    expect(CANTOR_BASIS).toHaveLength(16);
    expect(CANTOR_BASIS[0]).toBe(1);
    for (let i = 1; i < 16; i++) {
      const v = CANTOR_BASIS[i]!;
      expect(multiply16(v, v) ^ v).toBe(CANTOR_BASIS[i - 1]);
    }
    expect(Math.max(...CANTOR_BASIS.slice(0, 8))).toBeLessThan(256);
    const span = new Set([0]);
    for (const v of CANTOR_BASIS) for (const s of [...span]) span.add(s ^ v);
    expect(span.size).toBe(65_536);
  });
});

/** Remainder modulo the pentanomial by folding, quicker than long division. */
function reduce(value: bigint, degree: number): bigint {
  const d = BigInt(degree);
  let rest = value;
  while (rest >> d) {
    const high = rest >> d;
    rest = BigInt.asUintN(degree, rest) ^ high;
    for (const term of MIDDLE_TERMS.get(degree)!) rest ^= high << BigInt(term);
  }
  return rest;
}
