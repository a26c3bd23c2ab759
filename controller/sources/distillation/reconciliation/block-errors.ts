import type { BitKernel } from "../../../../kernels/index.ts";
import { planeBytes } from "../../../../protocol/index.ts";
import type { BitString } from "../memory/bit-string.ts";
import { countErrors } from "../sifting/intensity-planes.ts";

const SLOT = { wrong: 0, truth: 1, decoy: 2, vacuum: 3, marked: 4 } as const;
const SLOTS = 5;
/** Bits that are counted at once. */
const PIECE_BITS = 1 << 20;

/** The key-basis bits of a block as Bob has them at the end of reconciliation. */
export interface CorrectedBits {
  /** Alice's bits. */
  readonly truth: BitString;
  /** Ones where Bob's bits differed. */
  readonly wrong: BitString;
  readonly decoy: BitString;
  /** For each one of `decoy`, in order. */
  readonly vacuum: BitString;
}

/** Errors per intensity u, v, w of the key basis, and how many of Alice's bits are 1. */
export function blockErrors(
  kernel: BitKernel,
  { truth, wrong, decoy, vacuum }: CorrectedBits,
): { readonly errors: readonly number[]; readonly ones: number } {
  const errors = [0, 0, 0];
  let ones = 0;
  let decoys = 0;
  for (let from = 0; from < truth.bits; from += PIECE_BITS) {
    const bits = Math.min(PIECE_BITS, truth.bits - from);
    const piece = ({ bytes }: BitString) => bytes.subarray(from / 8, planeBytes(from + bits));
    kernel.within(SLOTS, bits, (space) => {
      space.put(SLOT.wrong, piece(wrong), bits);
      space.put(SLOT.truth, piece(truth), bits);
      space.put(SLOT.decoy, piece(decoy), bits);
      const marked = space.ones(SLOT.decoy);
      space.put(SLOT.vacuum, vacuum.slice(decoys, marked), marked);
      decoys += marked;
      for (const [k, count] of countErrors(space, SLOT.wrong, SLOT, SLOT.marked).entries())
        errors[k] = (errors[k] ?? 0) + count;
      ones += space.ones(SLOT.truth);
    });
  }
  return { errors, ones };
}
