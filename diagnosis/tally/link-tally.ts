/**
 * What a link counted over some gates: sums over both halves of the same raw-key frames, no bit of any of them. Bases are
 * 0 Z and 1 X, intensities 0 u, 1 v, 2 w.
 */
export interface LinkTally {
  readonly gates: number;
  readonly detections: number;
  /** Gates in which the receiver was blind after a click. */
  readonly deadGates: number;
  readonly clicks: readonly [number, number];
  readonly doubleClicks: number;
  /** Mean current of the data detectors, nA. */
  readonly photocurrentNa: number;
  /** Pulses sent: index = basis * 3 + intensity. */
  readonly sent: readonly number[];
  /** Detections by `cellOf`. */
  readonly cells: readonly number[];
}

export const SENT_CLASSES = 6;
export const CELLS = 48;

/** Index of the detections with these settings, as the wire protocol orders them: the last one moves fastest. */
export function cellOf(
  aliceBasis: number,
  intensity: number,
  aliceBit: number,
  bobBasis: number,
  bobBit: number,
): number {
  return (((aliceBasis * 3 + intensity) * 2 + aliceBit) * 2 + bobBasis) * 2 + bobBit;
}

/** Sums of tallies; the current is their mean over the gates. */
export function joinTallies(tallies: readonly LinkTally[]): LinkTally {
  const total = (of: (tally: LinkTally) => number) => tallies.reduce((sum, tally) => sum + of(tally), 0);
  const gates = total((tally) => tally.gates);
  const list = (length: number, of: (tally: LinkTally) => readonly number[]) =>
    Array.from({ length }, (_, index) => total((tally) => of(tally)[index] ?? 0));
  return {
    gates,
    detections: total((tally) => tally.detections),
    deadGates: total((tally) => tally.deadGates),
    clicks: [total((tally) => tally.clicks[0]), total((tally) => tally.clicks[1])],
    doubleClicks: total((tally) => tally.doubleClicks),
    photocurrentNa: gates > 0 ? total((tally) => tally.photocurrentNa * tally.gates) / gates : 0,
    sent: list(SENT_CLASSES, (tally) => tally.sent),
    cells: list(CELLS, (tally) => tally.cells),
  };
}

/** At most `count` slices of about equally many gates, each of whole tallies, in their order. */
export function sliceTallies(tallies: readonly LinkTally[], count: number): readonly LinkTally[] {
  const gates = tallies.reduce((sum, tally) => sum + tally.gates, 0);
  const slices: LinkTally[] = [];
  let open: LinkTally[] = [];
  let passed = 0;
  for (const tally of tallies) {
    open.push(tally);
    passed += tally.gates;
    if (passed < ((slices.length + 1) * gates) / count) continue;
    slices.push(joinTallies(open));
    open = [];
  }
  return open.length === 0 ? slices : [...slices, joinTallies(open)];
}
