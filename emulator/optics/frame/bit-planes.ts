import { planeBytes } from "../../../protocol/index.ts";
/**
 * Planes of the lowest `count` bits of the codes, back to back at the beginning of `place` or in memory of their own: bit
 * i of a plane is its byte i >> 3, weight 1 << (i & 7).
 */
export function bitPlanes(codes: Uint8Array, count: number, place?: Uint8Array): Uint8Array {
  const bytes = planeBytes(codes.length);
  const planes = place?.subarray(0, count * bytes).fill(0) ?? new Uint8Array(count * bytes);
  for (let bit = 0; bit < count; bit++) {
    const at = bit * bytes;
    for (let i = 0; i < codes.length; i++) planes[at + (i >>> 3)]! |= ((codes[i]! >>> bit) & 1) << (i & 7);
  }
  return planes;
}
