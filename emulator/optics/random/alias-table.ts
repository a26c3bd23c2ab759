/**
 * Walker alias table (Vose 1991) in integer arithmetic over n = 16 or 256 values: entry i holds a threshold of the bits
 * that the index leaves of a 32-bit word above an alias of as many bits as the index. A word w draws value i, its top
 * bits, if its other bits lie below the threshold, else the alias. The probabilities come out as multiples of 2^-32 that
 * sum to one exactly.
 */
export function splitAliasTable(probabilities: readonly number[]): Uint32Array {
  const values = probabilities.length;
  const bucket = 2 ** 32 / values;
  const weights = probabilities.map((probability) => Math.round(probability * 2 ** 32));
  const excess = weights.reduce((sum, weight) => sum + weight, 0) - 2 ** 32;
  const largest = weights.indexOf(Math.max(...weights));
  weights[largest] = weights[largest]! - excess;
  const table = new Uint32Array(values);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < values; i++) (weights[i]! < bucket ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!;
    const high = large.at(-1)!;
    table[low] = weights[low]! * values + high;
    weights[high] = weights[high]! - (bucket - weights[low]!);
    if (weights[high]! < bucket) {
      large.pop();
      small.push(high);
    }
  }
  // A full bucket draws itself whichever side of the threshold the word falls.
  for (const full of [...small, ...large]) table[full] = full;
  return table;
}
