/** Planes of bits `from` to `to - 1` of the codes, joined: bit i of a plane is its byte i >> 3, weight 1 << (i & 7). */
export function bitPlanes(codes: Uint8Array, from: number, to: number): Uint8Array<ArrayBuffer> {
  const bytes = (codes.length + 7) >>> 3;
  const planes = new Uint8Array((to - from) * bytes);
  for (let bit = from; bit < to; bit++) {
    const at = (bit - from) * bytes;
    for (let i = 0; i < codes.length; i++) planes[at + (i >>> 3)]! |= ((codes[i]! >>> bit) & 1) << (i & 7);
  }
  return planes;
}

/** Ones in a 32-bit word. */
export function onesOfWord(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
