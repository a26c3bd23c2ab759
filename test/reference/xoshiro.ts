/**
 * Public randomness for shuffles and subsets: xoshiro128** (Blackman, Vigna 2018) seeded by 32 bytes.
 * Not cryptographic: both sides know the seed, and an attacker may. Each call gives 32 random bits.
 */
export function xoshiro(seed: Uint8Array): () => number {
  const view = new DataView(seed.buffer, seed.byteOffset, 32);
  const word = (i: number) => view.getUint32(4 * i, true);
  let a = word(0) ^ rotate(word(4), 7);
  let b = word(1) ^ rotate(word(5), 14);
  let c = word(2) ^ rotate(word(6), 21);
  let d = word(3) ^ rotate(word(7), 28) ^ 0x9e3779b9;
  if ((a | b | c | d) === 0) a = 1;
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
