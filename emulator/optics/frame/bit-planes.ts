/** Plane of bit `bit` of each code: bit i of the plane is byte i >> 3, weight 1 << (i & 7). */
export function bitPlane(codes: Uint8Array, bit: number): Uint8Array {
  const plane = new Uint8Array((codes.length + 7) >>> 3);
  for (let i = 0; i < codes.length; i++) plane[i >>> 3]! |= ((codes[i]! >>> bit) & 1) << (i & 7);
  return plane;
}
