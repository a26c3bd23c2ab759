import { WasmCascade } from "./cascade.ts";
import { CascadeTables } from "./cascade-tables.ts";
import type { Kernels } from "./kernels.ts";
import { withPlaneSpace } from "./plane-space.ts";
import { wasmHash } from "./polynomial-hash.ts";
import { wasmAmplification } from "./privacy-amplification.ts";
import { instantiateKernels } from "./wasm-instance.ts";
import { wholeBlockHash } from "./whole-block-hash.ts";

/**
 * Makes the kernels of one thread on a memory of their own.
 * @throws KernelError QKD_KERNEL_UNAVAILABLE when kernels.wasm was not built or the engine lacks SIMD.
 */
export async function createKernels(): Promise<Kernels> {
  const wasm = await instantiateKernels();
  const tables = new CascadeTables(wasm);
  return {
    bits: { within: (slots, bitCount, work) => withPlaneSpace(wasm, slots, bitCount, work) },
    hash: wasmHash(wasm),
    privacyAmplification: wholeBlockHash(wasmAmplification(wasm)),
    cascade: (setup) => new WasmCascade(wasm, tables, setup),
  };
}
