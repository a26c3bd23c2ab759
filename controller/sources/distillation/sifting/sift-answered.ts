import type { BitKernel, PlaneSpace } from "../../../../kernels/index.ts";
import type { distillationSiftReply, PeerValueOf } from "../../../../protocol/index.ts";
import type { CollectedFrame } from "../collecting/collected-frame.ts";
import { countErrors, countIntensities, type IntensityPlanes, putIntensities } from "./intensity-planes.ts";

type SiftReply = PeerValueOf<typeof distillationSiftReply>;

/** Planes of the key basis as they join a cohort, for the time of a call. */
export interface KeptPlanes extends IntensityPlanes {
  readonly bit: Uint8Array;
}

/** What Alice's answer makes of a frame. Arrays are per intensity u, v, w. */
export interface AnsweredFrame {
  readonly zBits: number;
  readonly xBits: number;
  readonly z: readonly number[];
  readonly x: readonly number[];
  readonly xErrors: readonly number[];
  /** Alice's bits of the test basis that are 1. */
  readonly xOnes: number;
}

/** Where the planes lie while a frame is sifted. */
const SLOT = {
  basis: 0,
  aliceBasis: 1,
  bit: 2,
  mask: 3,
  keptBit: 4,
  decoy: 5,
  vacuum: 6,
  aliceBit: 7,
  marked: 8,
} as const;
const SLOTS = 9;

/**
 * Sifts a frame by Alice's answer and wipes it; `keep` gets the planes of the key basis. A string says what is wrong
 * with an answer that does not fit the frame, which is wiped all the same.
 */
export function siftAnswered(
  kernel: BitKernel,
  frame: CollectedFrame,
  answer: SiftReply,
  keep: (planes: KeptPlanes) => void,
): AnsweredFrame | string {
  const n = frame.facts.detections;
  return kernel.within(SLOTS, n, (space) => {
    space.put(SLOT.basis, frame.plane(0), n);
    space.put(SLOT.bit, frame.plane(1), n);
    frame.drop();
    if (answer.detections !== n) return "answers for another number of detections";
    space.put(SLOT.aliceBasis, answer.basis, n);
    const { xBits, xDecoy, xDecoys, xVacuum, zBits, zDecoy, zDecoys, zVacuum } = answer;
    if (siftBasis(space, "both") !== xBits) return OTHER_BITS;
    if (!putIntensities(space, { bits: xBits, decoy: xDecoy, decoys: xDecoys, vacuum: xVacuum }, SLOT))
      return ILL_FITTING;
    const x = countIntensities(space, xBits, SLOT);
    space.put(SLOT.aliceBit, answer.xBit, xBits);
    const xOnes = space.ones(SLOT.aliceBit);
    space.combine("differ", SLOT.keptBit, SLOT.aliceBit, SLOT.keptBit);
    const xErrors = countErrors(space, SLOT.keptBit, SLOT, SLOT.marked);
    if (siftBasis(space, "neither") !== zBits) return OTHER_BITS;
    if (!putIntensities(space, { bits: zBits, decoy: zDecoy, decoys: zDecoys, vacuum: zVacuum }, SLOT))
      return ILL_FITTING;
    const z = countIntensities(space, zBits, SLOT);
    const [bit, decoy, vacuum] = [SLOT.keptBit, SLOT.decoy, SLOT.vacuum].map((slot) => space.view(slot));
    keep({ bit: bit!, bits: zBits, decoy: decoy!, decoys: zDecoys, vacuum: vacuum! });
    return { zBits, xBits, z, x, xErrors, xOnes };
  });
}

const OTHER_BITS = "sifts another number of bits";
const ILL_FITTING = "names intensities that do not fit together";

function siftBasis(space: PlaneSpace, how: "neither" | "both"): number {
  space.combine(how, SLOT.basis, SLOT.aliceBasis, SLOT.mask);
  return space.compact(SLOT.mask, SLOT.bit, 1, SLOT.keptBit);
}
