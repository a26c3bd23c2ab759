export { createKernels } from "./create-kernels.ts";
export type * from "./kernels.ts";
