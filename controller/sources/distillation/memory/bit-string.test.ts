import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planeBytes } from "../../../../protocol/index.ts";
import { BitString } from "./bit-string.ts";
import { WordPool } from "./word-pool.ts";

const bitsOf = (plane: Uint8Array, bits: number): number[] =>
  Array.from({ length: bits }, (_, i) => ((plane[i >> 3] ?? 0) >> (i & 7)) & 1);

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
        expect(taken.length).toBe(planeBytes(wanted.length));
        expect(bitsOf(taken, 8 * taken.length).slice(wanted.length)).not.toContain(1);
        expect(string.bits).toBe(0);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it("is the same at any place of its sources and in buffers that held other strings", () => {
    const pool = new WordPool();
    fc.assert(
      fc.property(
        fc.nat(3),
        fc.array(fc.nat(300), { minLength: 1 }),
        fc.nat(2000),
        (from, sizes, capacity) => {
          const string = new BitString(capacity, pool);
          const wanted: number[] = [];
          for (const [n, bits] of sizes.entries()) {
            const source = Uint8Array.from({ length: 48 }, (_, i) => (i * 89 + n * 41) & 255).subarray(from);
            string.append(source, bits);
            wanted.push(...bitsOf(source, bits));
          }
          expect(bitsOf(string.bytes, 8 * string.bytes.length)).toEqual([
            ...wanted,
            ...Array(8 * planeBytes(wanted.length) - wanted.length).fill(0),
          ]);
          string.wipe();
          expect(string.bits).toBe(0);
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });

  it("is wiped before its buffer serves another, and never shares one", () => {
    const pool = new WordPool();
    const first = new BitString(4096, pool);
    first.append(new Uint8Array(512).fill(255), 4096);
    const view = first.bytes;
    first.wipe();
    expect(view.every((byte) => byte === 0)).toBe(true);
    const [second, third] = [new BitString(4000, pool), new BitString(4096, pool)];
    second.append(Uint8Array.of(1), 1);
    third.append(Uint8Array.of(1), 1);
    expect(second.bytes.buffer).toBe(view.buffer);
    expect(third.bytes.buffer).not.toBe(view.buffer);
  });

  it("gives copies of any stretch of bits, zeros behind them and past its end", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 40, maxLength: 40 }),
        fc.nat(320),
        fc.nat(330),
        fc.nat(100),
        (plane, bits, from, count) => {
          const string = new BitString();
          string.append(plane, bits);
          const all = [...bitsOf(plane, bits), ...Array(1000).fill(0)];
          const slice = string.slice(from, count);
          expect(slice).toHaveLength(planeBytes(count));
          expect(bitsOf(slice, 8 * slice.length)).toEqual([
            ...all.slice(from, from + count),
            ...Array(8 * planeBytes(count) - count).fill(0),
          ]);
          slice.fill(0xff);
          expect(bitsOf(string.bytes, bits)).toEqual(bitsOf(plane, bits));
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });

  it("of zeros holds so many of them, in a buffer that held another string", () => {
    const pool = new WordPool();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (bits) => {
        const other = new BitString(bits, pool);
        other.append(new Uint8Array(planeBytes(bits)).fill(255), bits);
        other.wipe();
        const string = new BitString(0, pool);
        string.zeros(bits);
        expect(string.bits).toBe(bits);
        expect(string.bytes).toEqual(new Uint8Array(planeBytes(bits)));
        string.append(Uint8Array.of(1), 1);
        expect(bitsOf(string.bytes, bits + 1)).toEqual([...Array(bits).fill(0), 1]);
        string.wipe();
      }),
      { seed: 5, numRuns: 100 },
    );
  });
});
