const WINDOW_MS = 60_000;

/** Bits that came or went within the last minute, as a rate. */
export class RecentBits {
  #seen: readonly { readonly atMs: number; readonly bits: number }[] = [];

  add(bits: number, atMs: number): void {
    this.#seen = [...this.#within(atMs), { atMs, bits }];
  }

  /** Mean over the minute that ends at `atMs`. */
  perSecond(atMs: number): number {
    return this.#within(atMs).reduce((sum, { bits }) => sum + bits, 0) / (WINDOW_MS / 1000);
  }

  #within(atMs: number) {
    return this.#seen.filter((each) => atMs - each.atMs < WINDOW_MS);
  }
}
