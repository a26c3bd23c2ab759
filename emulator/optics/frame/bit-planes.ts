/** Plane of bit `bit` of each code: bit i of the plane is byte i >> 3, weight 1 << (i & 7). */
export function bitPlane(codes: Uint8Array, bit: number): Uint8Array {
  const plane = new Uint8Array((codes.length + 7) >>> 3);
  for (let i = 0; i < codes.length; i++) plane[i >>> 3]! |= ((codes[i]! >>> bit) & 1) << (i & 7);
  return plane;
}

/** Ones in a plane; bits past its last detection must be zero. */
export function countOnes(plane: Uint8Array): number {
  const whole = plane.length & ~3;
  const words = new Int32Array(plane.buffer, plane.byteOffset, whole >>> 2);
  let ones = 0;
  for (const word of words) ones += onesOfWord(word);
  for (const byte of plane.subarray(whole)) ones += onesOfWord(byte);
  return ones;
}

/** Ones in a 32-bit word. */
export function onesOfWord(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
