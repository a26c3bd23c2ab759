import type { BitKernel } from "../../kernels/index.ts";
import { bytesFor, either } from "./bit-planes.ts";

/**
 * Intensities of sifted bits as they travel: one plane that marks all but the signal, and, for the marked bits alone,
 * one that tells vacuum from decoy. Decoys are rare, so this is little more than a bit a detection instead of two.
 */
export interface IntensityPlanes {
  readonly bits: number;
  /** One where the intensity is not u. */
  readonly decoy: Uint8Array;
  /** Ones in `decoy`. */
  readonly decoys: number;
  /** For each of them: one where it is w. */
  readonly vacuum: Uint8Array;
}

/** From code planes (0 = u, 1 = v, 2 = w); null where the code 3, which means nothing, occurs. */
export function encodeIntensities(
  kernel: BitKernel,
  low: Uint8Array,
  high: Uint8Array,
  bits: number,
): IntensityPlanes | null {
  const decoy = either(low, high, bits);
  const marked = kernel.compact(decoy, [high], bits);
  const decoys = marked.bitCount;
  if (kernel.popcount(low, bits) + kernel.popcount(high, bits) !== decoys) return null;
  return { bits, decoy, decoys, vacuum: marked.planes[0] ?? new Uint8Array() };
}

/** Whether planes that came from the peer fit together. */
export function consistent(kernel: BitKernel, planes: IntensityPlanes): boolean {
  return (
    planes.decoy.length === bytesFor(planes.bits) &&
    kernel.popcount(planes.decoy, planes.bits) === planes.decoys
  );
}

/** Bits of each intensity u, v, w. */
export function countIntensities(kernel: BitKernel, planes: IntensityPlanes): readonly number[] {
  const vacua = kernel.popcount(planes.vacuum, planes.decoys);
  return [planes.bits - planes.decoys, planes.decoys - vacua, vacua];
}

/** Errors of each intensity: ones of `wrong`. */
export function countErrors(
  kernel: BitKernel,
  wrong: Uint8Array,
  planes: IntensityPlanes,
): readonly number[] {
  const marked = kernel.compact(planes.decoy, [wrong], planes.bits);
  const histogram = kernel.histogram([marked.planes[0] ?? new Uint8Array(), planes.vacuum], planes.decoys);
  const [, decoyErrors = 0, , vacuumErrors = 0] = histogram;
  return [kernel.popcount(wrong, planes.bits) - decoyErrors - vacuumErrors, decoyErrors, vacuumErrors];
}
