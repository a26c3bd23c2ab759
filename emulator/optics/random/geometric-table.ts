import { splitAliasTable } from "./alias-table.ts";

/** Values of this size or more are reported as this size: further than any window of gates. */
export const GEOMETRIC_CAP = 2 ** 30;
const ESCAPE = 255;
const DIGITS_AT = 1;
const ALIAS_AT = 32;

/** Words of a table: shift, up to 31 digit thresholds, 256 alias entries. */
export const GEOMETRIC_WORDS = ALIAS_AT + 256;

/** Drifting links ask for the same few tables a thousand times a second. */
const recentTables = new Map<number, Uint32Array>();
const MAX_RECENT = 32;

/**
 * Table that draws N >= 0 with P(N >= n) = exp(-rate n): gates without an event between two events of a hazard of
 * `rate` a gate. The binary digits of such a number are independent, so the low `shift` digits are biased coins and the
 * rest, again geometric, comes from an alias table whose last entry says "255 or more, draw again" (no memory). Nothing
 * is approximated but the probabilities, which are multiples of 2^-32. Tables are shared between calls: do not write to them.
 */
export function geometricTable(rate: number): Uint32Array {
  const known = recentTables.get(rate);
  if (known !== undefined) return known;
  const words = makeTable(rate);
  if (recentTables.size >= MAX_RECENT) recentTables.clear();
  recentTables.set(rate, words);
  return words;
}

function makeTable(rate: number): Uint32Array {
  const words = new Uint32Array(GEOMETRIC_WORDS);
  let shift = 0;
  // A digit costs a word for every draw, an escape one now and then: digits only where escapes would be common.
  while (shift < 26 && rate * 2 ** shift < 0.007) shift++;
  words[0] = shift;
  for (let digit = 0; digit < shift; digit++)
    words[DIGITS_AT + digit] = Math.round(2 ** 32 / (1 + Math.exp(rate * 2 ** digit)));
  const step = rate * 2 ** shift;
  const probabilities = Array.from({ length: 256 }, (_, value) =>
    value === ESCAPE ? Math.exp(-step * ESCAPE) : -Math.expm1(-step) * Math.exp(-step * value),
  );
  words.set(splitAliasTable(probabilities), ALIAS_AT);
  return words;
}

/** Draws from a table of `geometricTable` at `at`; `first` is the first uniform word, `next` yields the rare others. */
export function drawGeometric(table: Uint32Array, at: number, first: number, next: () => number): number {
  const shift = table[at]!;
  const cap = GEOMETRIC_CAP >>> shift;
  let high = 0;
  for (let word = first; ; word = next()) {
    const index = word >>> 24;
    const entry = table[at + ALIAS_AT + index]!;
    const digit = (word & 0xffffff) < entry >>> 8 ? index : entry & 255;
    high += digit;
    if (high >= cap) return GEOMETRIC_CAP;
    if (digit !== ESCAPE) break;
  }
  let value = high << shift;
  for (let digit = 0; digit < shift; digit++)
    if (next() < table[at + DIGITS_AT + digit]!) value += 1 << digit;
  return value;
}
