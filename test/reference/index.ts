/** Plain TypeScript versions of every kernel: slow, simple, and the yardstick of the WebAssembly ones. */
export { referenceBits } from "./bits.ts";
export { referenceCascade } from "./cascade.ts";
export { referenceHash } from "./polynomial-hash.ts";
export { amplificationReference, referenceAmplification } from "./privacy-amplification.ts";
