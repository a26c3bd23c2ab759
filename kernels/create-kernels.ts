import { WasmCascade } from "./cascade.ts";
import type { Kernels } from "./kernels.ts";
import { referenceBits } from "./reference/bits.ts";
import { referenceHash } from "./reference/polynomial-hash.ts";
import { referenceAmplification } from "./reference/privacy-amplification.ts";
import { instantiateKernels } from "./wasm-instance.ts";

/**
 * Makes the kernels of one thread on a memory of their own.
 * @throws KernelError QKD_KERNEL_UNAVAILABLE when kernels.wasm was not built or the engine lacks SIMD.
 */
export async function createKernels(): Promise<Kernels> {
  const wasm = await instantiateKernels();
  return {
    bits: referenceBits,
    hash: referenceHash,
    privacyAmplification: referenceAmplification,
    cascade: (setup) => new WasmCascade(wasm, setup),
  };
}
