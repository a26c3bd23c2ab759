import type { FrameStatistics } from "../../device/keys/frame-statistics.ts";
import { addGates, type MeasuredGates, noGates } from "../../device/measured-gates.ts";
import type { FrameLimits, OpticsFrame } from "../../optics/optics.ts";
import { GateTally } from "./gate-tally.ts";
import { frameStatistics } from "./pair-frame.ts";

/** Detections of one piece of a measurement: few enough to lie in memory, many enough to be quick. */
const MAX_DETECTIONS = 1 << 18;

/** Counts of a measurement, and what the pair's instruments see of each piece. */
export interface CountedGates {
  readonly measured: MeasuredGates;
  readonly statistics: readonly FrameStatistics[];
}

/** Makes a function that counts the next gates of some light, piece by piece, whose `next` gives a frame of at most so many. */
export function gateCounter(): (gates: number, next: (limits: FrameLimits) => OpticsFrame) => CountedGates {
  const tally = new GateTally();
  return (gates, next) => {
    let measured = noGates();
    const statistics: FrameStatistics[] = [];
    while (measured.gates < gates) {
      const maxGates = BigInt(gates - measured.gates);
      const frame = next({ maxDetections: MAX_DETECTIONS, maxGates, withTags: true });
      measured = addGates(measured, tally.count(frame));
      statistics.push(frameStatistics(frame));
    }
    return { measured, statistics };
  };
}
