import { KernelError } from "../errors/index.ts";

/** Throws QKD_KERNEL_INPUT unless `bitCount` is a whole number of bits that every plane can hold. */
export function checkPlanes(planes: readonly Uint8Array[], bitCount: number): void {
  if (!Number.isSafeInteger(bitCount) || bitCount < 0)
    throw new KernelError("QKD_KERNEL_INPUT", "a bit count is not a whole number", { context: { bitCount } });
  for (const plane of planes) checkBytes("plane", plane, Math.ceil(bitCount / 8));
}

/** Throws QKD_KERNEL_INPUT when `bytes` is shorter than `needed`. */
export function checkBytes(what: string, bytes: Uint8Array, needed: number): void {
  if (bytes.length < needed)
    throw new KernelError("QKD_KERNEL_INPUT", `a ${what} is too short`, {
      context: { what, bytes: bytes.length, needed },
    });
}

/** Throws QKD_KERNEL_INPUT when `bytes` is not exactly `needed` long. */
export function checkExactBytes(what: string, bytes: Uint8Array, needed: number): void {
  if (bytes.length !== needed)
    throw new KernelError("QKD_KERNEL_INPUT", `a ${what} has the wrong length`, {
      context: { what, bytes: bytes.length, needed },
    });
}
