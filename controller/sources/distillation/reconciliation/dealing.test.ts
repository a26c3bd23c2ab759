import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wordsFor } from "../memory/bit-planes.ts";
import { bitsOf, type Deal, dealOf, gather, scatter, withhold } from "./dealing.ts";

const deals = fc
  .tuple(fc.integer({ min: 1, max: 50_000 }), fc.integer({ min: 512, max: 9000 }))
  .map(([bits, cohortBits]) => dealOf(bits, cohortBits));

/** A string of that many random bits, zeros behind them. */
function stringOf(bits: number, seed = 1): Int32Array {
  const bytes = createHash("shake256", { outputLength: 4 * wordsFor(bits) })
    .update(String(seed))
    .digest();
  const words = new Int32Array(new Uint8Array(bytes).buffer);
  const rest = bits & 31;
  if (rest > 0) words[words.length - 1]! &= 2 ** rest - 1;
  return words;
}

const cohortsOf = ({ cohorts }: Deal): number[] => Array.from({ length: cohorts }, (_, index) => index);
/** Bit by bit, the run of 512 that it stands in: what the dealing is defined by. */
const ownerOf = (bit: number, { cohorts }: Deal): number => (bit >> 9) % cohorts;
const ownerOfWord = (word: number, { cohorts }: Deal): number => (word >> 4) % cohorts;

describe("dealing a block's bits to cohorts", () => {
  it("makes as many cohorts as are full, one at least, none of nothing", () => {
    expect([0, 1, 99, 100, 199, 200, 1000].map((bits) => dealOf(bits, 100).cohorts)).toEqual([
      0, 1, 1, 1, 1, 2, 10,
    ]);
  });

  it("gives every bit to one cohort, and cohorts that differ by a run at most", () => {
    fc.assert(
      fc.property(deals, (deal) => {
        const bits = cohortsOf(deal).map((cohort) => bitsOf(deal, cohort));
        const wanted = cohortsOf(deal).map(() => 0);
        for (let bit = 0; bit < deal.bits; bit++) wanted[ownerOf(bit, deal)]! += 1;
        expect(bits).toEqual(wanted);
        expect(bits.reduce((a, b) => a + b, 0)).toBe(deal.bits);
        expect(Math.max(...bits) - Math.min(...bits)).toBeLessThanOrEqual(512);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("takes runs out and puts them back: every word once, nothing beside", () => {
    fc.assert(
      fc.property(deals, fc.nat(1000), (deal, seed) => {
        const block = stringOf(deal.bits, seed);
        const back = new Int32Array(block.length);
        const all: number[] = [];
        for (const cohort of cohortsOf(deal)) {
          const bits = bitsOf(deal, cohort);
          const part = new Int32Array(wordsFor(bits) + 1).fill(-1);
          gather(block, deal, cohort, part);
          expect(part.at(-1)).toBe(-1);
          const words = part.subarray(0, wordsFor(bits));
          // Bits past the end of a cohort are those past the end of the block: zeros.
          if ((bits & 31) > 0) expect(words.at(-1)! >>> (bits & 31)).toBe(0);
          expect([...words]).toEqual([...block].filter((_, at) => ownerOfWord(at, deal) === cohort));
          all.push(...words);
          const before = back.slice();
          scatter(words, deal, cohort, back);
          expect(back).toEqual(
            before.map((word, at) => (ownerOfWord(at, deal) === cohort ? block[at]! : word)),
          );
        }
        expect(all).toHaveLength(block.length);
        expect(back).toEqual(block);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it("withholds cohorts: the others' bits stay in the block's order, zeros behind them", () => {
    fc.assert(
      fc.property(deals, fc.nat(1000), fc.array(fc.nat(200), { maxLength: 5 }), (deal, seed, some) => {
        const leftOut = new Set(some.map((index) => index % deal.cohorts));
        const block = stringOf(deal.bits, seed);
        const wanted = [...block].filter((_, at) => !leftOut.has(ownerOfWord(at, deal)));
        const keptBits = withhold(block, deal, leftOut);
        const kept = cohortsOf(deal).filter((cohort) => !leftOut.has(cohort));
        expect(keptBits).toBe(kept.reduce((sum, cohort) => sum + bitsOf(deal, cohort), 0));
        expect([...block.subarray(0, wanted.length)]).toEqual(wanted);
        expect(block.subarray(wanted.length).every((word) => word === 0)).toBe(true);
        expect(wordsFor(keptBits)).toBe(wanted.length);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("spreads a burst of errors over all cohorts alike", () => {
    const deal = dealOf(100_000, 10_000);
    const hit = cohortsOf(deal).map(() => 0);
    for (let bit = 40_000; bit < 50_000; bit++) hit[ownerOf(bit, deal)]! += 1;
    expect(Math.max(...hit) - Math.min(...hit)).toBeLessThanOrEqual(512);
  });
});
