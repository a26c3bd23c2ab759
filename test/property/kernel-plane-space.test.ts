import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type BitKernel,
  createKernels,
  type PlaneCombination,
  type PlaneSpace,
} from "../../kernels/index.ts";
import { referenceBits } from "../reference/index.ts";

let bits: BitKernel;
beforeAll(async () => {
  bits = (await createKernels()).bits;
});

const HOW: readonly PlaneCombination[] = ["neither", "both", "differ", "either", "agree"];
const SLOTS = 8;
const bytesOf = (bitCount: number) => Math.ceil(bitCount / 8);

/** Lengths around word, vector and chunk borders likely. */
const length = fc.oneof(
  fc.integer({ min: 0, max: 1200 }),
  fc.constantFrom(0, 1, 63, 64, 65, 127, 128, 129, 256, 8191, 8192, 8193, 16_384, 20_000),
);
/** Planes with rubbish behind the last bit; full, empty and sparse ones among them, and such that become sparse midway. */
const plane = (bitCount: number) => {
  const last = Math.max(0, bytesOf(bitCount) - 1);
  const position = fc.tuple(fc.integer({ min: 0, max: last }), fc.integer({ min: 0, max: 7 }));
  const fewBits = fc
    .tuple(fc.array(position, { maxLength: 40 }), fc.integer({ min: 0, max: last }), fc.boolean())
    .map(([positions, fullBytes, isFull]) => {
      const bytes = new Uint8Array(bytesOf(bitCount));
      for (const [at, bit] of positions) bytes[at] = (bytes[at] ?? 0) | (1 << bit);
      return isFull ? bytes.fill(255, 0, fullBytes) : bytes;
    });
  const bytes = { minLength: bytesOf(bitCount), maxLength: bytesOf(bitCount) + 3 };
  const filled = (value: number) => fc.constant(new Uint8Array(bytesOf(bitCount) + 2).fill(value));
  return fc.oneof(
    { weight: 4, arbitrary: fc.uint8Array(bytes) },
    { weight: 2, arbitrary: fewBits },
    { weight: 1, arbitrary: filled(255) },
    { weight: 1, arbitrary: filled(0) },
    { weight: 1, arbitrary: filled(0b00010000) },
  );
};
const four = length.chain((bitCount) => {
  const one = plane(bitCount);
  return fc.tuple(fc.constant(bitCount), one, one, one, one);
});

type Planes = [number, Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/** Every operation, each on results of former ones; all that can be read of it. */
function everything(space: PlaneSpace, [bitCount, ...planes]: Planes, how: PlaneCombination): unknown[] {
  for (const [slot, each] of planes.entries()) space.put(slot, each, bitCount);
  const seen: unknown[] = [];
  const see = (slot: number) => seen.push(space.ones(slot), Array.from(space.view(slot)));
  space.combine(how, 0, 1, 4);
  see(4);
  seen.push(space.compact(4, 1, 3, 5));
  for (const slot of [5, 6, 7]) see(slot);
  // A shorter plane after a longer one in the same slot.
  seen.push(space.compact(5, 6, 2, 0));
  space.combine(how, 0, 1, 1);
  for (const slot of [0, 1]) see(slot);
  space.combine(how, 0, 1, 7);
  see(7);
  return seen;
}

describe("a space of bit planes", () => {
  it("equals the reference in every operation on planes of any length", () => {
    fc.assert(
      fc.property(four, fc.constantFrom(...HOW), (planes, how) => {
        const seen = bits.within(SLOTS, planes[0], (space) => everything(space, planes, how));
        expect(seen).toEqual(
          referenceBits.within(SLOTS, planes[0], (space) => everything(space, planes, how)),
        );
      }),
      { seed: 20262, numRuns: 300 },
    );
  });

  it("starts empty and leaves nothing behind", () => {
    const secret = new Uint8Array(1000).fill(0xa5);
    const kept = bits.within(2, 8000, (space) => {
      space.put(1, secret, 8000);
      expect(space.view(0).length).toBe(0);
      expect(space.ones(1)).toBe(4000);
      return space.view(1);
    });
    expect(kept.some((byte) => byte !== 0)).toBe(false);
    bits.within(2, 8000, (space) => expect(space.ones(1)).toBe(0));
  });

  it("keeps all bits under a full mask and none under an empty one", () => {
    const plane = Uint8Array.from({ length: 1000 }, (_, i) => (i * 37) & 255);
    bits.within(4, 8000, (space) => {
      space.put(0, new Uint8Array(1000).fill(255), 8000);
      space.put(1, plane, 8000);
      expect(space.compact(0, 1, 1, 2)).toBe(8000);
      expect(space.view(2)).toEqual(plane);
      space.put(0, new Uint8Array(1000), 8000);
      expect(space.compact(0, 1, 1, 3)).toBe(0);
      expect(space.view(3)).toEqual(new Uint8Array(0));
    });
  });

  it("counts more ones than a byte lane holds", () => {
    const ones = new Uint8Array(100_000).fill(255);
    for (const bitCount of [800_000, 799_997])
      bits.within(1, bitCount, (space) => {
        space.put(0, ones, bitCount);
        expect(space.ones(0)).toBe(bitCount);
      });
  });

  it("reads views of shared memory and leaves them as they are", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(64), 8, 40).fill(0b10110100);
    const before = Array.from(shared);
    bits.within(1, 320, (space) => {
      space.put(0, shared, 320);
      expect(space.ones(0)).toBe(160);
      space.combine("agree", 0, 0, 0);
      expect(space.view(0)).toEqual(new Uint8Array(40).fill(255));
    });
    expect(Array.from(shared)).toEqual(before);
  });

  it("refuses slots that do not exist, planes that are too long and lengths that differ", () => {
    const code = expect.objectContaining({ code: "QKD_KERNEL_INPUT" });
    bits.within(4, 100, (space) => {
      space.put(0, new Uint8Array(13), 100);
      space.put(1, new Uint8Array(13), 99);
      expect(() => space.put(4, new Uint8Array(13), 100)).toThrow(code);
      expect(() => space.put(2, new Uint8Array(99), 101)).toThrow(code);
      expect(() => space.put(2, new Uint8Array(1), 9)).toThrow(code);
      expect(() => space.combine("both", 0, 1, 2)).toThrow(code);
      expect(() => space.combine("both", 0, 0, 4)).toThrow(code);
      expect(() => space.compact(0, 1, 1, 2)).toThrow(code);
      expect(() => space.compact(0, 0, 1, 0)).toThrow(code);
      expect(() => space.compact(2, 0, 1, 3)).toThrow(code);
      expect(() => space.view(-1)).toThrow(code);
    });
    for (const bitCount of [-1, 1.5, Number.NaN])
      expect(() => bits.within(1, bitCount, () => 0)).toThrow(code);
  });
});
