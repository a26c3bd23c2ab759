import { beforeAll, describe, expect, it } from "vitest";
import { MIDDLE_TERMS } from "../../kernels/field/irreducible.ts";
import type { PrivacyAmplificationKernel } from "../../kernels/index.ts";
import { planAmplification, planWithGroups } from "../../kernels/plan/amplification-plan.ts";
import { wasmAmplification } from "../../kernels/privacy-amplification.ts";
import { instantiateKernels, type WasmInstance } from "../../kernels/wasm-instance.ts";
import { fromBytes, multiplyBig } from "../reference/big-field.ts";
import { hashMatrix, rank, times } from "../reference/hash-matrix.ts";
import { amplificationReference, referenceAmplification } from "../reference/index.ts";
import { xoshiro } from "../reference/xoshiro.ts";

let instance: WasmInstance;
let amplification: PrivacyAmplificationKernel;
beforeAll(async () => {
  instance = await instantiateKernels();
  amplification = wasmAmplification(instance);
});

const bytes = (count: number, seed: number) => {
  const random = xoshiro(Uint8Array.from({ length: 32 }, (_, i) => (seed * 13 + i * 5) & 255));
  return Uint8Array.from({ length: count }, () => random() & 255);
};
const unit = (count: number, bit: number) => {
  const out = new Uint8Array(count);
  out[bit >> 3] = 1 << (bit & 7);
  return out;
};
const failure = (code: string) => expect.objectContaining({ code });

describe("privacy amplification", () => {
  it.each([
    [1, 1],
    [256, 100],
    [257, 256],
    [1000, 300],
    [4000, 4000],
    [9999, 3001],
    [33_000, 11_001],
    [300_000, 90_007],
  ])("equals the reference on %i bits to %i", (inputBits, outputBits) => {
    const key = bytes(Math.ceil(inputBits / 8) + 1, inputBits);
    const seed = bytes(amplification.seedBytes(inputBits, outputBits), outputBits);
    const expected = referenceAmplification.hash(key, inputBits, outputBits, seed);
    expect(Buffer.compare(amplification.hash(key, inputBits, outputBits, seed), expected)).toBe(0);
  });

  it.each([1, 2, 3, 4, 6, 8, 9])("equals the reference with %i lane groups", (groups) => {
    const planner = planWithGroups([groups]);
    const fast = wasmAmplification(instance, planner);
    const slow = amplificationReference(planner);
    for (const [inputBits, outputBits] of [
      [777 * groups, 300],
      [40_001, 5003 * groups],
    ] as const) {
      const key = bytes(Math.ceil(inputBits / 8), groups);
      const seed = bytes(fast.seedBytes(inputBits, outputBits), 99 + groups);
      const expected = slow.hash(key, inputBits, outputBits, seed);
      expect(Buffer.compare(fast.hash(key, inputBits, outputBits, seed), expected)).toBe(0);
    }
  });

  it.each([1, 2, 3, 4, 6, 8, 9])("multiplies as big integers do, %i groups", (groups) => {
    const { exports, heap } = instance;
    const degree = 256 * groups;
    const [points, planes] = [bytes(groups * 4096, groups), bytes(degree * 16, groups + 20)];
    const memory = heap.allocate(points.length + planes.length + (12 * degree + 32) * 16);
    const seed = memory + points.length;
    heap.view(memory, points.length).set(points);
    heap.view(seed, planes.length).set(planes);
    const [t1, t2, t3] = MIDDLE_TERMS.get(degree)!;
    exports.amplifyRun(memory, 4096, groups, seed, t1, t2, t3, seed + planes.length);
    const after = heap.view(memory, points.length);
    for (const point of [0, 1, 77, 127]) {
      const element = (of: Uint8Array) =>
        fromBytes(
          Buffer.concat(
            Array.from({ length: groups }, (_, g) =>
              of.subarray(g * 4096 + point * 32, g * 4096 + point * 32 + 32),
            ),
          ),
        );
      const place = 8 * (point % 16) + (point >> 4);
      let factor = 0n;
      for (let b = degree - 1; b >= 0; b--)
        factor = (factor << 1n) | BigInt((planes[16 * b + (place >> 3)]! >> (place & 7)) & 1);
      expect(element(after)).toBe(multiplyBig(element(points), factor, degree));
    }
    heap.release(memory);
  });

  it("equals a matrix built from the definition, by naive evaluation and Lagrange interpolation", () => {
    for (const [inputBits, outputBits] of [
      [300, 250],
      [500, 700],
      [1025, 200],
    ] as const) {
      const seed = bytes(amplification.seedBytes(inputBits, outputBits), inputBits);
      const matrix = hashMatrix(inputBits, outputBits, seed);
      for (let i = 0; i < 3; i++) {
        const key = bytes(Math.ceil(inputBits / 8), 7 * i + 1);
        expect(amplification.hash(key, inputBits, outputBits, seed)).toEqual(times(matrix, key, outputBits));
      }
    }
  });

  // Two-universal: for every difference d != 0 the map from seed to hash(d) is linear and onto, so hash(d) is uniform.
  it.each([
    ["the first bit", 512, 256, (d: Uint8Array) => d.set([1])],
    ["the last bit", 512, 256, (d: Uint8Array) => d.set([0x80], 63)],
    ["one that vanishes on half of the points", 768, 256, (d: Uint8Array) => d.set([1], 64)],
    ["a long output", 256, 768, (d: Uint8Array) => d.set([0x10, 0, 3], 4)],
    ["an odd output length", 768, 131, (d: Uint8Array) => d.fill(0xff)],
  ] as const)("makes the hash of a difference uniform over seeds: %s", (_, inputBits, outputBits, set) => {
    const difference = new Uint8Array(inputBits / 8);
    set(difference);
    const seedBits = 8 * amplification.seedBytes(inputBits, outputBits);
    const images = Array.from({ length: seedBits }, (_, i) =>
      fromBytes(amplification.hash(difference, inputBits, outputBits, unit(seedBits / 8, i))),
    );
    expect(rank(images)).toBe(outputBits);
  });

  it("ignores bits past the input and repeats itself on used memory", () => {
    const seed = bytes(amplification.seedBytes(1001, 300), 5);
    const [clean, dirty] = [bytes(126, 6), bytes(126, 6)];
    clean[125]! &= 1;
    dirty[125]! |= 0xfe;
    const first = amplification.hash(clean, 1001, 300, seed);
    expect(amplification.hash(dirty, 1001, 300, seed)).toEqual(first);
    expect(first[37]! >> 4).toBe(0);
    expect(amplification.hash(new Uint8Array(126), 1001, 300, seed)).toEqual(new Uint8Array(38));
  });

  it("plans any block to 1e8 bits at 0.35 with at most half padding, and refuses what is larger", () => {
    for (const inputBits of [256, 1e4, 1e6, 1e7, 12e6, 3e7, 1e8]) {
      const outputBits = Math.floor(inputBits * 0.35);
      const { groups, logPoints, inputPoints, outputPoints, seedBytes } = planAmplification(
        inputBits,
        outputBits,
      );
      expect(inputPoints + outputPoints).toBeLessThanOrEqual(2 ** logPoints);
      expect(256 * groups * inputPoints).toBeGreaterThanOrEqual(inputBits);
      expect(256 * groups * outputPoints).toBeGreaterThanOrEqual(outputBits);
      expect(seedBytes).toBe(32 * groups * 2 ** logPoints);
      if (inputBits > 1e4) expect(seedBytes * 8).toBeLessThan(2 * (inputBits + outputBits));
    }
    expect(() => amplification.seedBytes(1.2e8, 0.4e8)).toThrow(failure("QKD_KERNEL_LIMIT"));
  });

  it("refuses impossible lengths, short keys and seeds of another length", () => {
    const seed = new Uint8Array(amplification.seedBytes(256, 100));
    const key = new Uint8Array(32);
    expect(() => amplification.hash(key, 257, 100, seed)).toThrow(failure("QKD_KERNEL_INPUT"));
    expect(() => amplification.hash(key, 256, 100, seed.subarray(1))).toThrow(failure("QKD_KERNEL_INPUT"));
    for (const wrong of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => amplification.seedBytes(wrong, 100)).toThrow(failure("QKD_KERNEL_INPUT"));
      expect(() => amplification.seedBytes(100, wrong)).toThrow(failure("QKD_KERNEL_INPUT"));
    }
  });
});
