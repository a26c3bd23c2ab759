import type { BitKernel } from "../../../../kernels/index.ts";
import { countErrors } from "../sifting/intensity-planes.ts";
import type { Cohort } from "./cohort.ts";

const SLOT = { wrong: 0, truth: 1, decoy: 2, vacuum: 3, marked: 4 } as const;
const SLOTS = 5;

/** Errors per intensity of a cohort whose true bits are known, and how many of these are 1. */
export function cohortErrors(
  kernel: BitKernel,
  cohort: Cohort,
  truth: Uint8Array,
): { readonly errors: readonly number[]; readonly ones: number } {
  const { bits, raw, decoy, vacuum } = cohort;
  return kernel.within(SLOTS, bits, (space) => {
    space.put(SLOT.wrong, raw, bits);
    space.put(SLOT.truth, truth, bits);
    space.put(SLOT.decoy, decoy.bytes, bits);
    space.put(SLOT.vacuum, vacuum.bytes, vacuum.bits);
    space.combine("differ", SLOT.wrong, SLOT.truth, SLOT.wrong);
    return { errors: countErrors(space, SLOT.wrong, SLOT, SLOT.marked), ones: space.ones(SLOT.truth) };
  });
}
