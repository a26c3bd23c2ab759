import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BitString, bothX, bothZ, bytesFor, differing } from "./bit-planes.ts";

const bitsOf = (plane: Uint8Array, bits: number): number[] =>
  Array.from({ length: bits }, (_, i) => ((plane[i >> 3] ?? 0) >> (i & 7)) & 1);

/** Two planes at odd places of larger buffers, as they come out of a message, with rubbish behind the last bit. */
const twoPlanes = fc
  .tuple(fc.nat(200), fc.nat(5), fc.nat(5), fc.uint8Array({ minLength: 80, maxLength: 80 }))
  .map(([bits, from, other, bytes]) => ({
    bits,
    a: bytes.subarray(from, from + bytesFor(bits)),
    b: bytes.slice(30).subarray(other, other + bytesFor(bits)),
  }));

describe("masks of bit planes", () => {
  it("equal the bit by bit definition for any length and alignment, with a clean tail", () => {
    fc.assert(
      fc.property(twoPlanes, ({ bits, a, b }) => {
        const [x, y] = [bitsOf(a, bits), bitsOf(b, bits)];
        const expected = (operation: (p: number, q: number) => number) =>
          x.map((p, i) => operation(p, y[i]!));
        const cases = [
          [bothZ(a, b, bits), expected((p, q) => 1 - (p | q))],
          [bothX(a, b, bits), expected((p, q) => p & q)],
          [differing(a, b, bits), expected((p, q) => p ^ q)],
        ] as const;
        for (const [plane, wanted] of cases) {
          expect(plane.length).toBe(bytesFor(bits));
          expect(bitsOf(plane, bits)).toEqual(wanted);
          expect(bitsOf(plane, 8 * plane.length).slice(bits)).toEqual(Array(8 * plane.length - bits).fill(0));
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe("a bit string", () => {
  it("holds what was appended, bit after bit, whatever lay behind the bits", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(64), fc.uint8Array({ minLength: 8, maxLength: 8 }))), (pieces) => {
        const string = new BitString();
        const wanted: number[] = [];
        for (const [bits, plane] of pieces) {
          string.append(plane, bits);
          wanted.push(...bitsOf(plane, bits));
        }
        expect(string.bits).toBe(wanted.length);
        const taken = string.take();
        expect(bitsOf(taken, wanted.length)).toEqual(wanted);
        expect(taken.length).toBe(bytesFor(wanted.length));
        expect(bitsOf(taken, 8 * taken.length).slice(wanted.length)).not.toContain(1);
        expect(string.bits).toBe(0);
      }),
      { seed: 2, numRuns: 200 },
    );
  });
});
