import type { BitKernel } from "../../../../kernels/index.ts";
import type { CollectedFrame } from "./collected-frame.ts";

const SLOT = { basis: 0, low: 1, high: 2, marked: 3 } as const;
const SLOTS = 4;

/**
 * Whether a transmitter's frame holds what no transmitter can have sent: the intensity code 3, which means nothing, or
 * more detections of some basis and intensity than pulses. Looks at Alice's own settings alone, so that a frame can be
 * left out before any basis is announced.
 */
export function hasImpossibleSettings(kernel: BitKernel, frame: CollectedFrame): boolean {
  const { detections, sent = [] } = frame.facts;
  return kernel.within(SLOTS, detections, (space) => {
    space.put(SLOT.basis, frame.plane(0), detections);
    space.put(SLOT.low, frame.plane(2), detections);
    space.put(SLOT.high, frame.plane(3), detections);
    space.combine("both", SLOT.low, SLOT.high, SLOT.marked);
    if (space.ones(SLOT.marked) > 0) return true;
    const x = [0, 0, 0];
    for (const [intensity, slot] of [
      [1, SLOT.low],
      [2, SLOT.high],
    ] as const) {
      space.combine("both", SLOT.basis, slot, SLOT.marked);
      x[intensity] = space.ones(SLOT.marked);
    }
    const [low, high, inX] = [space.ones(SLOT.low), space.ones(SLOT.high), space.ones(SLOT.basis)];
    const [, x1 = 0, x2 = 0] = x;
    const detected = [detections - low - high - (inX - x1 - x2), low - x1, high - x2, inX - x1 - x2, x1, x2];
    return detected.some((count, index) => count > (sent[index] ?? 0));
  });
}
