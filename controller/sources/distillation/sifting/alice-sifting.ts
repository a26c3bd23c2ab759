import { DistillationError } from "../../../../errors/index.ts";
import type { BitKernel, PlaneSpace } from "../../../../kernels/index.ts";
import type { CollectedFrame } from "../collecting/collected-frame.ts";
import type { StepMemory } from "../memory/step-memory.ts";
import { countIntensities, encodeIntensities, type IntensityPlanes } from "./intensity-planes.ts";

/** One basis of a sifted frame where both chose it. Its planes last as long as the step. */
export interface SiftedBasis {
  readonly bits: number;
  readonly intensities: IntensityPlanes;
  readonly perIntensity: readonly number[];
  /** Alice's bits that are 1. */
  readonly ones: number;
}

/** What Alice tells of a frame. */
export interface SiftedFrame {
  readonly basis: Uint8Array;
  readonly sent: readonly number[];
  readonly z: SiftedBasis;
  readonly x: SiftedBasis;
  /** Her bits of the test basis. */
  readonly xBit: Uint8Array;
}

/** Where the planes lie while a frame is sifted. */
const SLOT = {
  basis: 0,
  bobBasis: 1,
  bit: 2,
  low: 3,
  high: 4,
  mask: 5,
  // In the order of bit, low and high, which are compacted at once.
  keptBit: 6,
  keptLow: 7,
  keptHigh: 8,
  decoy: 9,
  vacuum: 10,
} as const;
const SLOTS = 11;

/**
 * Sifts a frame against Bob's bases and wipes it. `keep` gets Alice's bits of the key basis, for the time of the call.
 * @throws DistillationError QKD_DISTILLATION_FRAME for an intensity that does not exist or more detections than pulses.
 */
export function siftFrame(
  kernel: BitKernel,
  frame: CollectedFrame,
  bobBasis: Uint8Array,
  memory: StepMemory,
  keep: (bit: Uint8Array, bits: number) => void,
): SiftedFrame {
  const { detections: n, frameId, sent = [] } = frame.facts;
  return kernel.within(SLOTS, n, (space) => {
    for (const [index, slot] of [SLOT.basis, SLOT.bit, SLOT.low, SLOT.high].entries())
      space.put(slot, frame.plane(index), n);
    space.put(SLOT.bobBasis, bobBasis, n);
    const basis = memory.copy(frame.plane(0));
    frame.drop();
    const x = siftBasis(space, "both", memory);
    const xBit = memory.copy(space.view(SLOT.keptBit));
    const z = siftBasis(space, "neither", memory);
    const sifted = [...(z?.perIntensity ?? []), ...(x?.perIntensity ?? [])];
    if (z === null || x === null || sifted.some((count, index) => count > (sent[index] ?? 0)))
      throw new DistillationError(
        "QKD_DISTILLATION_FRAME",
        "a raw-key frame holds an unknown intensity or more detections than pulses",
        { retryable: true, context: { frameId, detections: n } },
      );
    keep(space.view(SLOT.keptBit), z.bits);
    return { basis, sent, z, x, xBit };
  });
}

/** Compacts one basis; its bits stay in their slot. */
function siftBasis(space: PlaneSpace, how: "neither" | "both", memory: StepMemory): SiftedBasis | null {
  space.combine(how, SLOT.basis, SLOT.bobBasis, SLOT.mask);
  const bits = space.compact(SLOT.mask, SLOT.bit, 3, SLOT.keptBit);
  const encoded = encodeIntensities(space, { low: SLOT.keptLow, high: SLOT.keptHigh }, SLOT);
  if (encoded === null) return null;
  const { decoys } = encoded;
  const decoy = memory.copy(space.view(SLOT.decoy));
  const vacuum = memory.copy(space.view(SLOT.vacuum));
  return {
    bits,
    intensities: { bits, decoy, decoys, vacuum },
    perIntensity: countIntensities(space, bits, SLOT),
    ones: space.ones(SLOT.keptBit),
  };
}
