import type { BitKernel } from "../../kernels/index.ts";
import { referencePlaneSpace } from "./plane-space.ts";

/** Bit planes one bit at a time: slow and plain, the yardstick of the WebAssembly kernel. */
export const referenceBits: BitKernel = {
  within: (slots, _, work) => work(referencePlaneSpace(slots)),
};
