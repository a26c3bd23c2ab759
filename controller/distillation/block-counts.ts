import type { BitKernel } from "../../kernels/index.ts";

/** Index of Z and X in arrays of six: basis * 3 + intensity. */
export type CountBasis = 0 | 1;

/** Exact statistics of a block per basis and intensity: pulses sent, matched detections, errors. */
export class BlockCounts {
  readonly sent: number[] = [0, 0, 0, 0, 0, 0];
  readonly sifted: number[] = [0, 0, 0, 0, 0, 0];
  readonly errors: number[] = [0, 0, 0, 0, 0, 0];

  addSent(sent: readonly number[]): void {
    addTo(this.sent, 0, sent);
  }

  addSifted(basis: CountBasis, perIntensity: readonly number[]): void {
    addTo(this.sifted, basis * 3, perIntensity);
  }

  addErrors(basis: CountBasis, perIntensity: readonly number[]): void {
    addTo(this.errors, basis * 3, perIntensity);
  }

  siftedOf(basis: CountBasis): number {
    return total(this.sifted, basis);
  }

  errorsOf(basis: CountBasis): number {
    return total(this.errors, basis);
  }
}

/**
 * Counts of the intensities u, v, w in two code planes; null where the code 3, which means nothing, occurs.
 */
export function countIntensities(
  kernel: BitKernel,
  low: Uint8Array,
  high: Uint8Array,
  bits: number,
): readonly number[] | null {
  if (bits === 0) return [0, 0, 0];
  const histogram = kernel.histogram([low, high], bits);
  return (histogram[3] ?? 0) === 0 ? histogram.slice(0, 3) : null;
}

/** Errors per intensity: ones of `wrong` by the code of the two planes. */
export function countErrors(
  kernel: BitKernel,
  wrong: Uint8Array,
  low: Uint8Array,
  high: Uint8Array,
  bits: number,
): readonly number[] {
  if (bits === 0) return [0, 0, 0];
  const histogram = kernel.histogram([wrong, low, high], bits);
  return [histogram[1] ?? 0, histogram[3] ?? 0, histogram[5] ?? 0];
}

function addTo(target: number[], from: number, values: readonly number[]): void {
  for (const [index, value] of values.entries()) target[from + index] = (target[from + index] ?? 0) + value;
}

function total(values: readonly number[], basis: CountBasis): number {
  return values.slice(basis * 3, basis * 3 + 3).reduce((sum, value) => sum + value, 0);
}
