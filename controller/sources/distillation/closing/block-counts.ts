/** Index of Z and X in arrays of six: basis * 3 + intensity. */
export type CountBasis = 0 | 1;

/** Exact statistics of a block per basis and intensity: pulses sent, matched detections, errors. */
export class BlockCounts {
  readonly sent: number[] = [0, 0, 0, 0, 0, 0];
  readonly sifted: number[] = [0, 0, 0, 0, 0, 0];
  readonly errors: number[] = [0, 0, 0, 0, 0, 0];
  /** Alice's bits that are 1 among the matched detections of Z and X. */
  readonly ones: [number, number] = [0, 0];

  addSent(sent: readonly number[]): void {
    addTo(this.sent, 0, sent);
  }

  addSifted(basis: CountBasis, perIntensity: readonly number[]): void {
    addTo(this.sifted, basis * 3, perIntensity);
  }

  addErrors(basis: CountBasis, perIntensity: readonly number[]): void {
    addTo(this.errors, basis * 3, perIntensity);
  }

  addOnes(basis: CountBasis, ones: number): void {
    this.ones[basis] += ones;
  }

  siftedOf(basis: CountBasis): number {
    return total(this.sifted, basis);
  }

  errorsOf(basis: CountBasis): number {
    return total(this.errors, basis);
  }
}

function addTo(target: number[], from: number, values: readonly number[]): void {
  for (const [index, value] of values.entries()) target[from + index] = (target[from + index] ?? 0) + value;
}

function total(values: readonly number[], basis: CountBasis): number {
  return values.slice(basis * 3, basis * 3 + 3).reduce((sum, value) => sum + value, 0);
}
