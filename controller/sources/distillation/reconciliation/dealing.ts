import { wordsFor } from "../memory/bit-planes.ts";

/** Words of a run, which stays together: a line of the processor's cache. */
const RUN_WORDS = 16;
const RUN_BITS = 32 * RUN_WORDS;

/**
 * How the key-basis bits of a block are dealt to its cohorts: runs of 512 bits in turn, so that cohorts are equally long and
 * a burst of errors, or a drift within the block, falls on all of them alike. Both sites deal the same way.
 */
export interface Deal {
  readonly bits: number;
  readonly cohorts: number;
}

/** As many cohorts as hold `cohortBits` each, one at least; none of an empty block. `cohortBits`: 512 at least. */
export function dealOf(bits: number, cohortBits: number): Deal {
  return { bits, cohorts: bits === 0 ? 0 : Math.max(1, Math.floor(bits / cohortBits)) };
}

/** Bits of a cohort: whole runs, but for the one that holds the end of the string. */
export function bitsOf({ bits, cohorts }: Deal, cohort: number): number {
  const runs = Math.ceil(bits / RUN_BITS);
  const short = (runs - 1) % cohorts === cohort ? RUN_BITS * runs - bits : 0;
  return RUN_BITS * Math.max(0, Math.ceil((runs - cohort) / cohorts)) - short;
}

/** Copies a cohort's runs out of the block's string, to the beginning of `into`. */
export function gather(block: Int32Array, deal: Deal, cohort: number, into: Int32Array): void {
  const words = wordsFor(deal.bits);
  const step = RUN_WORDS * deal.cohorts;
  let to = 0;
  for (let from = RUN_WORDS * cohort; from < words; from += step) {
    const end = Math.min(from + RUN_WORDS, words);
    for (let at = from; at < end; at++) into[to++] = block[at]!;
  }
}

/** Puts a cohort's runs back into the block's string. */
export function scatter(runs: Int32Array, deal: Deal, cohort: number, block: Int32Array): void {
  const words = wordsFor(deal.bits);
  const step = RUN_WORDS * deal.cohorts;
  let from = 0;
  for (let to = RUN_WORDS * cohort; to < words; to += step) {
    const end = Math.min(to + RUN_WORDS, words);
    for (let at = to; at < end; at++) block[at] = runs[from++]!;
  }
}

/** The runs of all cohorts but those left out, in the block's order, moved to the front of the string; returns their bits. */
export function withhold(block: Int32Array, deal: Deal, leftOut: ReadonlySet<number>): number {
  const { bits, cohorts } = deal;
  const words = wordsFor(bits);
  let kept = 0;
  let keptBits = 0;
  for (let from = 0, run = 0; from < words; from += RUN_WORDS, run++) {
    if (leftOut.has(run % cohorts)) continue;
    const end = Math.min(from + RUN_WORDS, words);
    block.copyWithin(kept, from, end);
    kept += end - from;
    keptBits += Math.min(RUN_BITS, bits - 32 * from);
  }
  block.fill(0, kept);
  return keptBits;
}
