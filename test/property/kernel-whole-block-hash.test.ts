import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type PrivacyAmplificationKernel } from "../../kernels/index.ts";
import { fromBytes } from "../reference/big-field.ts";
import { hashMatrix, rank, times } from "../reference/hash-matrix.ts";
import { referenceAmplification } from "../reference/index.ts";
import { xoshiro } from "../reference/xoshiro.ts";

let kernel: PrivacyAmplificationKernel;
beforeAll(async () => {
  kernel = (await createKernels()).privacyAmplification;
});

const bytes = (count: number, seed: number) => {
  const random = xoshiro(Uint8Array.from({ length: 32 }, (_, i) => (seed * 11 + i * 3) & 255));
  return Uint8Array.from({ length: count }, () => random() & 255);
};
const bitAt = (of: Uint8Array, at: number): number => (of[at >> 3]! >> (at & 7)) & 1;
const bitsFrom = (of: Uint8Array, from: number, count: number): Uint8Array => {
  const out = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0; i < count; i++) out[i >> 3]! |= bitAt(of, from + i) << (i & 7);
  return out;
};
const xor = (a: Uint8Array, b: Uint8Array) => a.map((byte, i) => byte ^ b[i]!);

/** Bit by bit as defined: the first m bits, and the hash of everything from their last whole byte on. */
function reference(key: Uint8Array, inputBits: number, outputBits: number, seed: Uint8Array): Uint8Array {
  const from = outputBits - (outputBits % 8);
  const rest = bitsFrom(key, from, inputBits - from);
  const hashed = referenceAmplification.hash(rest, inputBits - from, outputBits, seed);
  return xor(bitsFrom(key, 0, outputBits), hashed);
}

describe("the hash of a whole block", () => {
  it.each([
    [257, 256],
    [512, 256],
    [1000, 300],
    [1001, 999],
    [9999, 3001],
    [300_000, 90_112],
  ])("equals the reference on %i bits to %i, whatever lies behind them", (inputBits, outputBits) => {
    const key = bytes(Math.ceil(inputBits / 8) + 1, inputBits);
    const seed = bytes(kernel.seedBytes(inputBits, outputBits), outputBits);
    const expected = reference(key, inputBits, outputBits, seed);
    expect(Buffer.compare(kernel.hash(key, inputBits, outputBits, seed), expected)).toBe(0);
  });

  it("equals a matrix built from the definition", () => {
    const [inputBits, outputBits] = [900, 256];
    const seed = bytes(kernel.seedBytes(inputBits, outputBits), 3);
    const matrix = hashMatrix(inputBits - outputBits, outputBits, seed);
    const key = bytes(113, 8);
    const product = times(matrix, bitsFrom(key, outputBits, inputBits - outputBits), outputBits);
    expect(kernel.hash(key, inputBits, outputBits, seed)).toEqual(xor(bitsFrom(key, 0, outputBits), product));
  });

  it("never maps inputs to one output that differ in the first bits alone, whatever the seed", () => {
    for (let s = 0; s < 20; s++) {
      const seed = bytes(kernel.seedBytes(768, 256), s);
      const [a, b] = [bytes(96, 100 + s), bytes(96, 100 + s)];
      b[s]! ^= 1 << (s & 7);
      const difference = xor(kernel.hash(a, 768, 256, seed), kernel.hash(b, 768, 256, seed));
      expect(fromBytes(difference)).toBe(1n << BigInt(8 * s + (s & 7)));
    }
  });

  it("makes the difference of outputs uniform over seeds where inputs differ behind them", () => {
    const [inputBits, outputBits] = [768, 256];
    const seedBits = 8 * kernel.seedBytes(inputBits, outputBits);
    const none = new Uint8Array(seedBits / 8);
    for (const at of [256, 511, 767]) {
      const difference = bytes(96, at);
      difference.fill(0, 32);
      difference[at >> 3]! |= 1 << (at & 7);
      const base = fromBytes(kernel.hash(difference, inputBits, outputBits, none));
      const images = Array.from({ length: seedBits }, (_, i) => {
        const seed = none.slice();
        seed[i >> 3] = 1 << (i & 7);
        return base ^ fromBytes(kernel.hash(difference, inputBits, outputBits, seed));
      });
      expect(rank(images)).toBe(outputBits);
    }
  });

  it("takes a seed for the hashed part alone, and refuses what it would not shorten", () => {
    expect(kernel.seedBytes(100_000_000, 35_000_000)).toBe(12 * 2 ** 20);
    const refused = expect.objectContaining({ code: "QKD_KERNEL_INPUT" });
    expect(() => kernel.seedBytes(256, 256)).toThrow(refused);
    expect(() => kernel.hash(new Uint8Array(31), 256, 100, new Uint8Array(64))).toThrow(refused);
    for (const wrong of [0, -1, 0.5, Number.NaN]) expect(() => kernel.seedBytes(wrong, 100)).toThrow(refused);
  });
});
