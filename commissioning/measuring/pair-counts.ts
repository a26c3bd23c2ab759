import { CELLS, joinTallies, type LinkTally, SENT_CLASSES } from "../../diagnosis/index.ts";

/** What both units together saw: counts alone, no bit of any key. Plain data. */
export interface PairCounts extends LinkTally {
  readonly frames: number;
  /** Frames whose two halves do not speak of the same gates. */
  readonly differingFrames: number;
  /** Frames that came from one end only. */
  readonly unpairedFrames: number;
}

export const NO_COUNTS: PairCounts = {
  gates: 0,
  detections: 0,
  deadGates: 0,
  clicks: [0, 0],
  doubleClicks: 0,
  sent: new Array<number>(SENT_CLASSES).fill(0),
  cells: new Array<number>(CELLS).fill(0),
  photocurrentNa: 0,
  frames: 0,
  differingFrames: 0,
  unpairedFrames: 0,
};

/** Both readings as one. */
export function addCounts(a: PairCounts, b: PairCounts): PairCounts {
  return {
    ...joinTallies([a, b]),
    frames: a.frames + b.frames,
    differingFrames: a.differingFrames + b.differingFrames,
    unpairedFrames: a.unpairedFrames + b.unpairedFrames,
  };
}
