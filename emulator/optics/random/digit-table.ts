import { splitAliasTable } from "./alias-table.ts";

/** Words of a table: the number of digits, then sixteen alias entries of each, the lowest digit first. */
export const DIGIT_WORDS = 49;
const ESCAPE = 15;
/** Least rate at which so many digits seldom escape. */
const LEAST_RATE: readonly (readonly [digits: number, rate: number])[] = [
  [2, 0.025],
  [3, 0.0016],
];

/**
 * Table that draws N >= 0 with P(N >= n) = exp(-rate n) as two or three hexadecimal digits: the digits of a geometric
 * number are independent. The highest one is geometric again; its last value says "15 or more, draw again" (no memory).
 * Sixteen entries fit one vector, so that sixteen numbers are drawn at once. All zeros where the rate is too low for it.
 */
export function digitTable(rate: number): Uint32Array {
  const words = new Uint32Array(DIGIT_WORDS);
  const [digits = 0] = LEAST_RATE.find(([, least]) => rate >= least) ?? [];
  words[0] = digits;
  for (let digit = 0; digit < digits; digit++) {
    const step = rate * 16 ** digit;
    const isHighest = digit === digits - 1;
    const whole = isHighest ? 1 : -Math.expm1(-16 * step);
    const chances = Array.from(
      { length: 16 },
      (_, value) => (-Math.expm1(-step) * Math.exp(-step * value)) / whole,
    );
    if (isHighest) chances[ESCAPE] = Math.exp(-step * ESCAPE);
    words.set(splitAliasTable(chances), entriesAt(0, digit));
  }
  return words;
}

function entriesAt(at: number, digit: number): number {
  return at + 1 + 16 * digit;
}

/** Random bits of one number, for each digit: its entry of 4 bits, and the byte that meets the threshold, as a signed number. */
export interface DigitBits {
  readonly entries: readonly number[];
  readonly bytes: readonly number[];
}

/** Draws from a table of `digitTable` at `at`; `next` yields the rare further words. */
export function drawDigits(table: Uint32Array, at: number, bits: DigitBits, next: () => number): number {
  const highest = table[at]! - 1;
  let number = 0;
  let value = 0;
  for (let digit = 0; digit <= highest; digit++) {
    value = drawDigit(table, entriesAt(at, digit), bits.entries[digit]!, bits.bytes[digit]!, next);
    number += 16 ** digit * value;
  }
  while (value === ESCAPE) {
    const word = next();
    const entry = table[entriesAt(at, highest) + (word >>> 28)]!;
    value = (word & 0xfffffff) < entry >>> 4 ? word >>> 28 : entry & 15;
    number += 16 ** highest * value;
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
