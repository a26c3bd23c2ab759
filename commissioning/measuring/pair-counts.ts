/** Places of one frame's or reading's `cells`: Alice's basis, intensity and bit, Bob's basis and bit. */
export const CELLS = 48;

/** What both units together saw: counts alone, no bit of any key. Plain data. */
export interface PairCounts {
  readonly gates: number;
  /** Gates in which the receiver was blind after a click. */
  readonly deadGates: number;
  /** Clicks of each detector; a double click counts at both. */
  readonly clicks: readonly [number, number];
  readonly doubleClicks: number;
  /** Pulses sent: index = basis * 3 + intensity. */
  readonly sent: readonly number[];
  /** Detections by setting, see `cellOf`. */
  readonly cells: readonly number[];
  /** Mean current through the detectors, weighted by gates, nA. */
  readonly photocurrentNa: number;
  readonly frames: number;
  /** Frames whose two halves do not speak of the same gates. */
  readonly differingFrames: number;
  /** Frames that came from one end only. */
  readonly unpairedFrames: number;
}

/** Index of a cell. Basis 0 is Z; intensity 0 is the signal. */
export function cellOf(
  aliceBasis: number,
  intensity: number,
  aliceBit: number,
  bobBasis: number,
  bobBit: number,
): number {
  return ((aliceBasis * 3 + intensity) * 2 + aliceBit) * 4 + bobBasis * 2 + bobBit;
}

export const NO_COUNTS: PairCounts = {
  gates: 0,
  deadGates: 0,
  clicks: [0, 0],
  doubleClicks: 0,
  sent: [0, 0, 0, 0, 0, 0],
  cells: new Array<number>(CELLS).fill(0),
  photocurrentNa: 0,
  frames: 0,
  differingFrames: 0,
  unpairedFrames: 0,
};

/** Both readings as one. */
export function addCounts(a: PairCounts, b: PairCounts): PairCounts {
  const gates = a.gates + b.gates;
  return {
    gates,
    deadGates: a.deadGates + b.deadGates,
    clicks: [a.clicks[0] + b.clicks[0], a.clicks[1] + b.clicks[1]],
    doubleClicks: a.doubleClicks + b.doubleClicks,
    sent: a.sent.map((value, index) => value + (b.sent[index] ?? 0)),
    cells: a.cells.map((value, index) => value + (b.cells[index] ?? 0)),
    photocurrentNa: gates === 0 ? 0 : (a.photocurrentNa * a.gates + b.photocurrentNa * b.gates) / gates,
    frames: a.frames + b.frames,
    differingFrames: a.differingFrames + b.differingFrames,
    unpairedFrames: a.unpairedFrames + b.unpairedFrames,
  };
}
