import { KernelError } from "../errors/index.ts";
import { checkPlanes } from "./arguments.ts";
import type { BitKernel } from "./kernels.ts";
import { COMBINATIONS, withPlaneSpace } from "./plane-space.ts";
import { clearTail, copyPlane, vectorBytes } from "./plane-window.ts";
import type { WasmInstance } from "./wasm-instance.ts";

/** Bit planes in WebAssembly. Largest plane: what fits the memory, about 8e9 bits in all. */
export function wasmBits(instance: WasmInstance): BitKernel {
  const { exports, heap } = instance;
  return {
    within: (slots, bitCount, work) => withPlaneSpace(instance, slots, bitCount, work),
    agree(a, b, bitCount) {
      checkPlanes([a, b], bitCount);
      const bytes = vectorBytes(bitCount);
      return heap.with(2 * bytes, (at) => {
        copyPlane(heap, at, a, bitCount);
        copyPlane(heap, at + bytes, b, bitCount);
        exports.planesCombine(at, at + bytes, at, bytes, COMBINATIONS.agree);
        const out = heap.view(at, Math.ceil(bitCount / 8)).slice();
        clearTail(out, bitCount);
        return out;
      });
    },
    compact(mask, planes, bitCount) {
      checkPlanes([mask, ...planes], bitCount);
      const bytes = vectorBytes(bitCount);
      const outStride = bytes + 16;
      const work = (planes.length + 1) * bytes + planes.length * outStride;
      return heap.with(work + exports.planesCompactWork(planes.length), (at) => {
        copyPlane(heap, at, mask, bitCount);
        planes.forEach((plane, j) => {
          copyPlane(heap, at + (j + 1) * bytes, plane, bitCount);
        });
        const out = at + (planes.length + 1) * bytes;
        const kept =
          planes.length > 0
            ? exports.planesCompact(at, at + bytes, bytes, planes.length, out, outStride, bytes, at + work)
            : exports.planePopcount(at, bytes);
        const compacted = planes.map((_, j) => heap.view(out + j * outStride, Math.ceil(kept / 8)).slice());
        return { bitCount: kept, planes: compacted };
      });
    },
    popcount(plane, bitCount) {
      checkPlanes([plane], bitCount);
      const bytes = vectorBytes(bitCount);
      return heap.with(bytes, (at) => {
        copyPlane(heap, at, plane, bitCount);
        return exports.planePopcount(at, bytes);
      });
    },
    histogram(planes, bitCount) {
      if (planes.length > 4)
        throw new KernelError("QKD_KERNEL_INPUT", "a histogram takes at most 4 planes", {
          context: { planes: planes.length },
        });
      checkPlanes(planes, bitCount);
      const bytes = vectorBytes(bitCount);
      return heap.with((planes.length + 1) * bytes, (at) => {
        planes.forEach((plane, j) => {
          copyPlane(heap, at + j * bytes, plane, bitCount);
        });
        const work = at + planes.length * bytes;
        return Array.from({ length: 1 << planes.length }, (_, code) => {
          const all = heap.view(work, bytes).fill(255, 0, Math.ceil(bitCount / 8));
          all.fill(0, Math.ceil(bitCount / 8));
          clearTail(all, bitCount);
          for (let j = 0; j < planes.length; j++)
            exports.planeNarrow(work, at + j * bytes, (code >> j) & 1 ? 0 : -1, bytes);
          return exports.planePopcount(work, bytes);
        });
      });
    },
  };
}
