import { wordsFor } from "../memory/bit-planes.ts";

/**
 * How the key-basis bits of a block are dealt to its cohorts: word by word in turn, so that cohorts are equally long and a
 * burst of errors, or a drift within the block, falls on all of them alike. Both sites deal the same way.
 */
export interface Deal {
  readonly bits: number;
  readonly cohorts: number;
}

/** As many cohorts as hold `cohortBits` each, one at least; none of an empty block. */
export function dealOf(bits: number, cohortBits: number): Deal {
  return { bits, cohorts: bits === 0 ? 0 : Math.max(1, Math.floor(bits / cohortBits)) };
}

/** Words of a cohort. */
function wordsOf({ bits, cohorts }: Deal, cohort: number): number {
  return Math.max(0, Math.ceil((wordsFor(bits) - cohort) / cohorts));
}

/** Bits of a cohort: whole words, but for the one that holds the end of the string. */
export function bitsOf(deal: Deal, cohort: number): number {
  const words = wordsFor(deal.bits);
  const short = (words - 1) % deal.cohorts === cohort ? 32 * words - deal.bits : 0;
  return 32 * wordsOf(deal, cohort) - short;
}

/** Copies a cohort's words out of the block's string, to the beginning of `into`. */
export function gather(block: Int32Array, deal: Deal, cohort: number, into: Int32Array): void {
  const { cohorts } = deal;
  const words = wordsOf(deal, cohort);
  for (let i = 0, at = cohort; i < words; i++, at += cohorts) into[i] = block[at] ?? 0;
}

/** Puts a cohort's words back into the block's string. */
export function scatter(words: Int32Array, deal: Deal, cohort: number, block: Int32Array): void {
  const { cohorts } = deal;
  const count = wordsOf(deal, cohort);
  for (let i = 0, at = cohort; i < count; i++, at += cohorts) block[at] = words[i] ?? 0;
}

/** The words of all cohorts but those left out, in the block's order, moved to the front of the string; returns their bits. */
export function withhold(block: Int32Array, deal: Deal, leftOut: ReadonlySet<number>): number {
  const { bits, cohorts } = deal;
  const words = wordsFor(bits);
  let kept = 0;
  let keptBits = 0;
  for (let at = 0; at < words; at++) {
    if (leftOut.has(at % cohorts)) continue;
    block[kept++] = block[at] ?? 0;
    keptBits += at === words - 1 ? bits - 32 * at : 32;
  }
  block.fill(0, kept);
  return keptBits;
}
