import { checkPlanes } from "../../kernels/arguments.ts";
import type { BitKernel } from "../../kernels/kernels.ts";
import { referencePlaneSpace } from "./plane-space.ts";

const bitAt = (plane: Uint8Array, i: number): number => (plane[i >> 3]! >> (i & 7)) & 1;

/** Bit planes one bit at a time: slow and plain, the yardstick of the WebAssembly kernel. */
export const referenceBits: BitKernel = {
  agree(a, b, bitCount) {
    checkPlanes([a, b], bitCount);
    const out = new Uint8Array(Math.ceil(bitCount / 8));
    for (let i = 0; i < bitCount; i++) if (bitAt(a, i) === bitAt(b, i)) out[i >> 3]! |= 1 << (i & 7);
    return out;
  },
  compact(mask, planes, bitCount) {
    checkPlanes([mask, ...planes], bitCount);
    const kept: number[] = [];
    for (let i = 0; i < bitCount; i++) if (bitAt(mask, i)) kept.push(i);
    const pick = (plane: Uint8Array) => {
      const out = new Uint8Array(Math.ceil(kept.length / 8));
      kept.forEach((from, to) => {
        out[to >> 3]! |= bitAt(plane, from) << (to & 7);
      });
      return out;
    };
    return { bitCount: kept.length, planes: planes.map(pick) };
  },
  within: (slots, _, work) => work(referencePlaneSpace(slots)),
  popcount(plane, bitCount) {
    checkPlanes([plane], bitCount);
    let ones = 0;
    for (let i = 0; i < bitCount; i++) ones += bitAt(plane, i);
    return ones;
  },
  histogram(planes, bitCount) {
    checkPlanes(planes, bitCount);
    const counts = new Array<number>(1 << planes.length).fill(0);
    for (let i = 0; i < bitCount; i++) {
      let code = 0;
      for (let j = 0; j < planes.length; j++) code |= bitAt(planes[j]!, i) << j;
      counts[code]!++;
    }
    return counts;
  },
};
