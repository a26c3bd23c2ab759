const BUCKET = 2 ** 24;

/**
 * Walker alias table (Vose 1991) over 256 values in integer arithmetic: entry i holds a 24-bit threshold above an 8-bit
 * alias. A word w draws value i = w >>> 24 if its low 24 bits lie below the threshold, else the alias. The
 * probabilities come out as multiples of 2^-32 that sum to one exactly.
 */
export function splitAliasTable(probabilities: readonly number[]): Uint32Array {
  const weights = probabilities.map((probability) => Math.round(probability * 2 ** 32));
  const excess = weights.reduce((sum, weight) => sum + weight, 0) - 2 ** 32;
  const largest = weights.indexOf(Math.max(...weights));
  weights[largest] = weights[largest]! - excess;
  const table = new Uint32Array(256);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < 256; i++) (weights[i]! < BUCKET ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!;
    const high = large.at(-1)!;
    table[low] = ((weights[low]! << 8) | high) >>> 0;
    weights[high] = weights[high]! - (BUCKET - weights[low]!);
    if (weights[high]! < BUCKET) {
      large.pop();
      small.push(high);
    }
  }
  // A full bucket draws itself whichever side of the threshold the word falls.
  for (const full of [...small, ...large]) table[full] = full;
  return table;
}
