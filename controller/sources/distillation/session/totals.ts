import type { DistillationProgress } from "../engine-io.ts";

/** The running totals an engine keeps and shows. */
export type Totals = { -readonly [K in keyof DistillationProgress]: DistillationProgress[K] };

export function emptyTotals(): Totals {
  return {
    frames: 0,
    detections: 0,
    gates: 0n,
    siftedZ: 0,
    siftedX: 0,
    missingFrames: 0,
    digestMismatches: 0,
    refusedFrames: 0,
    extendedCohorts: 0,
    discardedCohorts: 0,
    blocksFinished: 0,
    blocksAborted: 0,
    blocksDropped: 0,
    brokenSessions: 0,
    secretBits: 0,
    cohortsInFlight: 0,
    heldBytes: 0,
  };
}
