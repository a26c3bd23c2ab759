import { describe, expect, it } from "vitest";
import { gateMix } from "./gate-mix.ts";

// Fixed numbers and keys. Each score is a standard normal one under the null hypothesis; in all some 180 of them are
// compared with 5, false-alarm rate 1e-4.
const LIMIT = 5;
const COUNT = 2 ** 16;
const KEYS = [
  [0x8f1bbcdc, 0xca62c1d6],
  [0x00000000, 0x00000001],
] as const;

/** Chi-square of counts that should all be alike, as a standard normal score (Wilson-Hilferty). */
function flatness(counts: Uint32Array): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const chi = counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  const freedom = counts.length - 1;
  return ((chi / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
}

/** Score of the joint distribution of two nibbles over many numbers. */
function jointly(first: (i: number) => number, second: (i: number) => number): number {
  const counts = new Uint32Array(256);
  for (let i = 0; i < COUNT; i++) counts[((first(i) >>> 28) << 4) | (second(i) >>> 28)]!++;
  return Math.abs(flatness(counts));
}

describe("the mix of a gate number", () => {
  // Computed apart from this code, with unbounded integers.
  it.each([
    [0, 0, 1, 0x6d3fa73],
    [0xffffffff, 0, 0xffffffff, 0x127f358d],
    [0x243f6a88, 0x13198a2e, 0xa4093822, 0x49f0e2e9],
  ])("of %i under %i and %i is as computed elsewhere", (number, first, second, word) => {
    expect(gateMix(number, first, second)).toBe(word);
  });

  it.each(KEYS)("is independent between gates at any distance (keys %i %i)", (a, b) => {
    for (let log = 0; log < 32; log++) {
      const distance = 2 ** log;
      const score = jointly(
        (i) => gateMix(i * 17, a, b),
        (i) => gateMix((i * 17 + distance) >>> 0, a, b),
      );
      expect(score, `distance ${distance}`).toBeLessThan(LIMIT);
    }
  });

  it.each(KEYS)("has independent bits, low ones like high ones (keys %i %i)", (a, b) => {
    for (let shift = 4; shift <= 28; shift += 4) {
      const word = (i: number) => gateMix(i, a, b);
      expect(
        jointly(word, (i) => word(i) << shift),
        `bits ${shift}`,
      ).toBeLessThan(LIMIT);
    }
  });

  it.each(KEYS)("is another one under other keys (keys %i %i)", (a, b) => {
    for (let bit = 0; bit < 32; bit += 3) {
      const word = (i: number) => gateMix(i, a, b);
      expect(jointly(word, (i) => gateMix(i, a ^ (1 << bit), b))).toBeLessThan(LIMIT);
      expect(jointly(word, (i) => gateMix(i, a, b ^ (1 << bit)))).toBeLessThan(LIMIT);
    }
  });

  it("is independent of another party's at the same gate and beside it, at every gate and every 23rd", () => {
    const [[a, b]] = KEYS;
    const other = [0x243f6a88, 0x85a308d3] as const;
    for (const step of [1, 23])
      for (const distance of [-1, 0, 1])
        for (const shift of [0, 1, 28]) {
          const score = jointly(
            (i) => gateMix(i * step, a, b) << shift,
            (i) => gateMix((i * step + distance) >>> 0, ...other) << shift,
          );
          expect(score, `step ${step}, distance ${distance}, bits ${shift}`).toBeLessThan(LIMIT);
        }
  });

  it.each(KEYS)("repeats itself as often as random words do (keys %i %i)", (a, b) => {
    const draws = 2 ** 19;
    const words = Uint32Array.from({ length: draws }, (_, i) => gateMix(i, a, b)).sort();
    const repeats = words.filter((word, i) => i > 0 && word === words[i - 1]).length;
    // Poisson of mean 32; a single permutation would never repeat. Outside 8..64 with probability below 1e-6.
    expect(repeats).toBeGreaterThan(8);
    expect(repeats).toBeLessThan(64);
  });

  it("shows no share of ones that follows the number's bits", () => {
    const [a, b] = KEYS[0];
    for (let bit = 0; bit < 32; bit++) {
      let flips = 0;
      for (let i = 0; i < COUNT; i++) {
        const number = Math.imul(i, 0x9e3779b1);
        flips += (gateMix(number, a, b) ^ gateMix(number ^ (1 << bit), a, b)) & 1;
      }
      // Pairs come twice where the flipped number is drawn too: the score is at most root two wider.
      expect(Math.abs(flips - COUNT / 2) / Math.sqrt(COUNT / 4)).toBeLessThan(LIMIT * Math.SQRT2);
    }
  });
});
