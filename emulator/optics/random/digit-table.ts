import { splitAliasTable } from "./alias-table.ts";

/** Words of a table: 1 or 0, the low digit's alias entries, the high digit's. */
export const DIGIT_WORDS = 33;
const LOW_AT = 1;
const HIGH_AT = 17;
const ESCAPE = 15;
/** Below this rate escapes would be common. */
const LEAST_RATE = 0.025;

/**
 * Table that draws N >= 0 with P(N >= n) = exp(-rate n) as two hexadecimal digits: N mod 16 and N div 16 of a geometric
 * number are independent. The high digit is geometric again; its last value says "15 or more, draw again" (no memory).
 * Sixteen entries fit one vector, so that sixteen numbers are drawn at once. All zeros where the rate is too low for it.
 */
export function digitTable(rate: number): Uint32Array {
  const words = new Uint32Array(DIGIT_WORDS);
  if (rate < LEAST_RATE) return words;
  words[0] = 1;
  const digit = (step: number, whole: number) =>
    Array.from({ length: 16 }, (_, value) => (Math.exp(-step * value) * Math.expm1(-step)) / -whole);
  const high = digit(16 * rate, 1);
  high[ESCAPE] = Math.exp(-16 * rate * ESCAPE);
  words.set(splitAliasTable(digit(rate, -Math.expm1(-16 * rate))), LOW_AT);
  words.set(splitAliasTable(high), HIGH_AT);
  return words;
}

/** Random bytes of one number: the digits' entries in one, and what meets their thresholds, as signed numbers. */
export interface DigitBytes {
  readonly entries: number;
  readonly low: number;
  readonly high: number;
}

/** Draws from a table of `digitTable` at `at`; `next` yields the rare further words. */
export function drawDigits(
  table: Uint32Array,
  at: number,
  { entries, low, high }: DigitBytes,
  next: () => number,
): number {
  const lowDigit = drawDigit(table, at + LOW_AT, entries & 15, low, next);
  let highDigit = drawDigit(table, at + HIGH_AT, entries >>> 4, high, next);
  let number = 16 * highDigit + lowDigit;
  while (highDigit === ESCAPE) {
    const word = next();
    const entry = table[at + HIGH_AT + (word >>> 28)]!;
    highDigit = (word & 0xfffffff) < entry >>> 4 ? word >>> 28 : entry & 15;
    number += 16 * highDigit;
  }
  return number;
}

/** The byte decides unless it ties with the threshold's: only then the other twenty bits are drawn. */
function drawDigit(table: Uint32Array, at: number, index: number, byte: number, next: () => number): number {
  const entry = table[at + index]!;
  const threshold = entry >>> 4;
  const top = byte ^ 0x80;
  const isBelow = top === threshold >>> 20 ? next() >>> 12 < (threshold & 0xfffff) : top < threshold >>> 20;
  return isBelow ? index : entry & 15;
}
