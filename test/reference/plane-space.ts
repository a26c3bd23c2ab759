import type { PlaneCombination, PlaneSpace } from "../../kernels/index.ts";

const COMBINE: Record<PlaneCombination, (a: boolean, b: boolean) => boolean> = {
  neither: (a, b) => !a && !b,
  both: (a, b) => a && b,
  differ: (a, b) => a !== b,
  either: (a, b) => a || b,
  agree: (a, b) => a === b,
};

/** Slots as plain lists of bits. */
export function referencePlaneSpace(slots: number): PlaneSpace {
  const planes = Array.from({ length: slots }, (): boolean[] => []);
  return {
    put(slot, plane, bitCount) {
      planes[slot] = Array.from({ length: bitCount }, (_, i) => ((plane[i >> 3]! >> (i & 7)) & 1) === 1);
    },
    combine(how, a, b, out) {
      const other = planes[b]!;
      planes[out] = planes[a]!.map((bit, i) => COMBINE[how](bit, other[i]!));
    },
    compact(mask, from, count, to) {
      const keep = planes[mask]!;
      for (let j = 0; j < count; j++) planes[to + j] = planes[from + j]!.filter((_, i) => keep[i]);
      return keep.filter((bit) => bit).length;
    },
    ones: (slot) => planes[slot]!.filter((bit) => bit).length,
    view(slot) {
      const bytes = new Uint8Array(Math.ceil(planes[slot]!.length / 8));
      for (const [i, bit] of planes[slot]!.entries()) if (bit) bytes[i >> 3]! |= 1 << (i & 7);
      return bytes;
    },
  };
}
