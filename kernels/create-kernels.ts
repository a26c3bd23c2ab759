import type { Kernels } from "./kernels.ts";
import { referenceBits } from "./reference/bits.ts";
import { referenceCascade } from "./reference/cascade.ts";
import { referenceHash } from "./reference/polynomial-hash.ts";
import { referenceAmplification } from "./reference/privacy-amplification.ts";

/** Makes the kernels of one thread. */
export async function createKernels(): Promise<Kernels> {
  return {
    bits: referenceBits,
    hash: referenceHash,
    privacyAmplification: referenceAmplification,
    cascade: referenceCascade,
  };
}
