/** Uniform numbers in (0, 1) for planted faults, from a seed and an optional counter (splitmix32). */
export function chance(seed: bigint, counter = 0n): () => number {
  let state = Number(BigInt.asUintN(32, seed ^ (seed >> 32n) ^ (counter * 0x9e3779b1n))) ^ 0x5bd1e995;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (((mixed ^ (mixed >>> 15)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** A standard normal number (Box-Muller). */
export function normalFrom(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
