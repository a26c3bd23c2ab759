import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createKernels } from "../../kernels/create-kernels.ts";
import type { BitKernel } from "../../kernels/kernels.ts";
import { referenceBits } from "../reference/index.ts";

let bits: BitKernel;
beforeAll(async () => {
  bits = (await createKernels()).bits;
});

const bytesOf = (bitCount: number) => Math.ceil(bitCount / 8);
/** Three planes of one length; dirty bits past the end included, lengths around word and vector borders likely. */
const planes = fc
  .oneof(
    fc.integer({ min: 0, max: 1200 }),
    fc.constantFrom(0, 1, 63, 64, 65, 127, 128, 129, 255, 256, 3968, 3969),
  )
  .chain((bitCount) => {
    const plane = fc.uint8Array({ minLength: bytesOf(bitCount), maxLength: bytesOf(bitCount) + 3 });
    return fc.tuple(fc.constant(bitCount), plane, plane, plane);
  });
const CHECKS = { seed: 20261, numRuns: 150 };

describe("bit planes", () => {
  it("equal the reference on planes of any length", () => {
    fc.assert(
      fc.property(planes, ([bitCount, a, b, c]) => {
        expect(bits.agree(a, b, bitCount)).toEqual(referenceBits.agree(a, b, bitCount));
        expect(bits.compact(a, [b, c], bitCount)).toEqual(referenceBits.compact(a, [b, c], bitCount));
        expect(bits.popcount(a, bitCount)).toBe(referenceBits.popcount(a, bitCount));
        expect(bits.histogram([a, b, c], bitCount)).toEqual(referenceBits.histogram([a, b, c], bitCount));
      }),
      CHECKS,
    );
  });

  it("keep all bits under a full mask and none under an empty one", () => {
    const plane = Uint8Array.from({ length: 1000 }, (_, i) => (i * 37) & 255);
    const full = new Uint8Array(1000).fill(255);
    expect(bits.compact(full, [plane], 8000)).toEqual({ bitCount: 8000, planes: [plane] });
    const none = bits.compact(new Uint8Array(1000), [plane], 8000);
    expect(none).toEqual({ bitCount: 0, planes: [new Uint8Array(0)] });
  });

  it("count more ones than a byte lane holds", () => {
    const ones = new Uint8Array(100_000).fill(255);
    expect(bits.popcount(ones, 800_000)).toBe(800_000);
    expect(bits.popcount(ones, 799_997)).toBe(799_997);
  });

  it("read views of shared memory and leave them as they are", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(64), 8, 40).fill(0b10110100);
    const before = Array.from(shared);
    expect(bits.popcount(shared, 320)).toBe(160);
    expect(bits.agree(shared, shared, 320)).toEqual(new Uint8Array(40).fill(255));
    expect(Array.from(shared)).toEqual(before);
  });

  it("refuse planes that are too short and counts that are no numbers of bits", () => {
    const plane = new Uint8Array(2);
    const code = expect.objectContaining({ code: "QKD_KERNEL_INPUT" });
    expect(() => bits.agree(plane, plane, 17)).toThrow(code);
    expect(() => bits.compact(plane, [new Uint8Array(1)], 16)).toThrow(code);
    expect(() => bits.popcount(plane, -1)).toThrow(code);
    expect(() => bits.popcount(plane, 1.5)).toThrow(code);
    expect(() => bits.popcount(plane, Number.NaN)).toThrow(code);
    expect(() => bits.histogram(new Array<Uint8Array>(5).fill(plane), 8)).toThrow(code);
  });
});
