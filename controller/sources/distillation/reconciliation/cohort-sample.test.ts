import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitsAt, differences, samplePositions } from "./cohort-sample.ts";

const seed = (byte: number) => new Uint8Array(32).fill(byte);

describe("the sample of a cohort", () => {
  it("has one position in each of equal parts", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(99), fc.integer({ min: 256, max: 9000 }), (byte, cohort, keyBits) => {
        const positions = samplePositions(seed(byte), cohort, keyBits, 256);
        for (const [part, at] of positions.entries()) {
          expect(at).toBeGreaterThanOrEqual(Math.floor((part * keyBits) / 256));
          expect(at).toBeLessThan(Math.floor(((part + 1) * keyBits) / 256));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("depends on seed and cohort, and on nothing else", () => {
    const of = (byte: number, cohort: number) => samplePositions(seed(byte), cohort, 1 << 20, 1024).join();
    expect(of(1, 0)).toBe(of(1, 0));
    expect(of(1, 0)).not.toBe(of(2, 0));
    expect(of(1, 0)).not.toBe(of(1, 1));
  });

  it("falls on all places of a part alike", () => {
    const seen = new Set<number>();
    for (let cohort = 0; cohort < 200; cohort++)
      seen.add(samplePositions(seed(3), cohort, 2048, 256)[9]! - 72);
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("is read bit by bit, and its differences are counted", () => {
    const bits = Uint8Array.of(0b1000_0001, 0b0000_0010, 0xff);
    expect(bitsAt(bits, Uint32Array.of(0, 1, 7, 9, 10, 16, 23, 8, 7))).toEqual(Uint8Array.of(0b0110_1101, 1));
    expect(differences(Uint8Array.of(0xff, 0), Uint8Array.of(0x0f, 0x11))).toBe(6);
  });
});
