import { randomBytes } from "node:crypto";

/** A random key and a copy with independent errors. */
export interface NoisyKey {
  readonly bits: number;
  readonly alice: Uint8Array;
  readonly bob: Uint8Array;
  readonly errors: number;
}

/** Draws the gaps between errors, so that long keys are quick to make. */
export function noisyKey(bits: number, qber: number): NoisyKey {
  const alice = new Uint8Array(randomBytes(Math.ceil(bits / 8)));
  const bob = alice.slice();
  let errors = 0;
  const gap = () => 1 + Math.floor(Math.log(1 - Math.random()) / Math.log(1 - qber));
  for (let at = gap() - 1; at < bits; at += gap()) {
    bob[at >> 3] = (bob[at >> 3] ?? 0) ^ (1 << (at & 7));
    errors += 1;
  }
  return { bits, alice, bob, errors };
}

/** Shannon's bound on what must be disclosed, bits. */
export function leastLeakBits({ bits, errors }: NoisyKey): number {
  const q = errors / bits;
  return bits * (-q * Math.log2(q) - (1 - q) * Math.log2(1 - q));
}
