/** Entries of a zero-truncated Poisson table. */
export const NUMBER_WORDS = 16;

/**
 * Table that draws the number of events at a gate known to have one: entry k is P(N >= k + 2 | N >= 1) in units of
 * 2^-32, for a Poisson number N of mean `mean`. N = 1 + the count of entries above a uniform word.
 */
export function poissonNumberTable(mean: number): Uint32Array {
  const table = new Uint32Array(NUMBER_WORDS);
  if (mean <= 0) return table;
  const given = -Math.expm1(-mean);
  for (let k = 0; k < NUMBER_WORDS; k++) {
    let tail = 0;
    let term = Math.exp(-mean);
    for (let n = 1; n <= k + 80; n++) {
      term *= mean / n;
      if (n >= k + 2) tail += term;
    }
    table[k] = Math.min(2 ** 32 - 1, Math.round((tail / given) * 2 ** 32));
  }
  return table;
}

/** Draws from a table of `poissonNumberTable` at `at`. */
export function drawPoissonNumber(table: Uint32Array, at: number, word: number): number {
  let number = 1;
  while (number <= NUMBER_WORDS && word < table[at + number - 1]!) number++;
  return number;
}
