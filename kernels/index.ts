export { createKernels } from "./create-kernels.ts";
export type * from "./kernels.ts";
export * from "./sampler.ts";
export { createSamplerKernel } from "./sampler-kernel.ts";
export * from "./sampler-layout.ts";
export { loadKernels } from "./wasm-instance.ts";
