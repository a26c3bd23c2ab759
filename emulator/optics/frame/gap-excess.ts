/** Afterpulses are looked for in so many gates behind a click and its dead time. */
const NEAR_GATES = 50;
/** Gaps of a frame that are looked at: as many as tell the share, and no more than a frame has time for. */
const MOST_GAPS = 1 << 16;
/** Fewer gaps than this have no tail to compare with. */
const LEAST_GAPS = 200;

/** Clicks shortly behind a click. */
export interface GapExcess {
  /** Gaps that were looked at. */
  readonly gaps: number;
  /** How many of the clicks that end them come beyond what the longest gaps foretell. */
  readonly excess: number;
}

const NONE: GapExcess = { gaps: 0, excess: 0 };

/**
 * How many clicks follow a click because of it. Gaps that last longer than carriers live end as often, gate for gate, as
 * clicks come without afterpulses: what comes more than that over all live gates are afterpulses. One frame is taken at a
 * time, so that light that changes between frames is not mistaken for them. `gapBytes` is LEB128.
 */
export function gapExcess(gapBytes: Uint8Array, deadGates: number): GapExcess {
  const near = deadGates + NEAR_GATES;
  let [gaps, liveGates, tail, tailGates, gap] = [0, 0, 0, 0, 0];
  let scale = 1;
  let first = true;
  for (let at = 0; at < gapBytes.length && gaps < MOST_GAPS; at++) {
    const byte = gapBytes[at]!;
    gap += (byte & 0x7f) * scale;
    if (byte >= 0x80) {
      scale *= 128;
      continue;
    }
    // The first gap counts from the frame's first gate, not from a click.
    if (!first) {
      gaps += 1;
      liveGates += gap - deadGates;
      if (gap > near) {
        tail += 1;
        tailGates += gap - near;
      }
    }
    first = false;
    gap = 0;
    scale = 1;
  }
  if (gaps < LEAST_GAPS || tail < LEAST_GAPS / 10) return NONE;
  return { gaps, excess: gaps - (tail / tailGates) * liveGates };
}
