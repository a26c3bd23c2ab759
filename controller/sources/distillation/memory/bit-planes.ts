/** 32-bit words that hold `bits` bits. */
export function wordsFor(bits: number): number {
  return (bits + 31) >> 5;
}
