import { ConfigError } from "../../../errors/index.ts";
import { NUMBER_TABLE_WORDS } from "../../../kernels/index.ts";

/** Largest mean whose numbers a table holds: 34 and more have then a probability below 2^-29. */
const MAX_MEAN = 10;

/** P(N >= number) for a Poisson number N of mean `mean`, summed from the small end so that tiny tails stay exact. */
export function poissonTail(mean: number, number: number): number {
  if (number <= 0) return 1;
  let tail = 0;
  let term = Math.exp(-mean);
  for (let n = 1; n <= number + 80; n++) {
    term *= mean / n;
    if (n >= number) tail += term;
  }
  return tail;
}

/**
 * Table that draws the number N of events at a gate known to have at least `least`, N being Poisson of mean `mean`:
 * entry k is P(N >= least + k + 1 | N >= least) in units of 2^-32. N = least + the count of entries above a uniform word.
 * @throws ConfigError QKD_PHYSICS_OVERFLOW where the mean is so high that the table would clip the numbers.
 */
export function poissonNumberTable(mean: number, least = 1): Uint32Array {
  const table = new Uint32Array(NUMBER_TABLE_WORDS);
  if (mean <= 0) return table;
  if (mean > MAX_MEAN)
    throw new ConfigError(
      "QKD_PHYSICS_OVERFLOW",
      `a gate would see ${mean.toFixed(1)} events, at most ${MAX_MEAN} are followed`,
      {
        context: { mean, limit: MAX_MEAN },
        remedy: "lower the laser power or the intensities",
      },
    );
  const given = poissonTail(mean, least);
  for (let k = 0; k < NUMBER_TABLE_WORDS; k++) {
    const tail = poissonTail(mean, least + k + 1);
    table[k] = Math.min(2 ** 32 - 1, Math.round((tail / given) * 2 ** 32));
  }
  return table;
}

/** Draws from a table of `poissonNumberTable` at `at` that was made for at least `least`. */
export function drawPoissonNumber(table: Uint32Array, at: number, word: number, least = 1): number {
  let above = 0;
  while (above < NUMBER_TABLE_WORDS && word < table[at + above]!) above++;
  return least + above;
}
