/** Bytes that hold `bits` bits. */
export function bytesFor(bits: number): number {
  return (bits + 7) >> 3;
}

/** 32-bit words that hold `bits` bits. */
export function wordsFor(bits: number): number {
  return (bits + 31) >> 5;
}
