import { MEASUREMENT_CELLS } from "../../protocol/index.ts";
import { TAG_BINS, type TagCounts } from "../optics/frame/arrival-times.ts";

/** Longest gap between two clicks of a detector that a histogram tells apart, gates. */
export const GAP_BINS = 1024;

/** Gaps from each click of one detector to its next one. */
export interface GapCounts {
  /** Bin i holds gaps of i + 1 gates. */
  readonly bins: readonly number[];
  readonly beyond: number;
}

/** What was counted in some gates that never become key. */
export interface MeasuredGates {
  readonly gates: number;
  readonly blindGates: number;
  readonly clicks: readonly number[];
  readonly doubles: number;
  /** Index = basis * 3 + intensity. */
  readonly sent: readonly number[];
  /** Index = (((aliceBasis * 3 + intensity) * 2 + aliceBit) * 2 + bobBasis) * 2 + bobBit. */
  readonly cells: readonly number[];
  /** By detector. */
  readonly gaps: readonly [GapCounts, GapCounts];
  /** When the clicks of each detector came, against the middle of its gate. */
  readonly arrivals: readonly [TagCounts, TagCounts];
}

const zeros = (length: number): number[] => new Array(length).fill(0);
const noGaps = (): GapCounts => ({ bins: zeros(GAP_BINS), beyond: 0 });
/** Tags of no clicks. */
export function noTags(): readonly [TagCounts, TagCounts] {
  const none = (): TagCounts => ({ below: 0, bins: zeros(TAG_BINS.count), beyond: 0 });
  return [none(), none()];
}

/** Nothing was counted yet. */
export const noGates = (): MeasuredGates => ({
  gates: 0,
  blindGates: 0,
  clicks: zeros(2),
  doubles: 0,
  sent: zeros(6),
  cells: zeros(MEASUREMENT_CELLS),
  gaps: [noGaps(), noGaps()],
  arrivals: noTags(),
});

const sums = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((count, index) => count + (b[index] ?? 0));
const gapSum = (a: GapCounts, b: GapCounts): GapCounts => ({
  bins: sums(a.bins, b.bins),
  beyond: a.beyond + b.beyond,
});
const tagSum = (a: TagCounts, b: TagCounts): TagCounts => ({
  below: a.below + b.below,
  bins: sums(a.bins, b.bins),
  beyond: a.beyond + b.beyond,
});

/** Both together. */
export function addGates(a: MeasuredGates, b: MeasuredGates): MeasuredGates {
  return {
    gates: a.gates + b.gates,
    blindGates: a.blindGates + b.blindGates,
    clicks: sums(a.clicks, b.clicks),
    doubles: a.doubles + b.doubles,
    sent: sums(a.sent, b.sent),
    cells: sums(a.cells, b.cells),
    gaps: [gapSum(a.gaps[0], b.gaps[0]), gapSum(a.gaps[1], b.gaps[1])],
    arrivals: [tagSum(a.arrivals[0], b.arrivals[0]), tagSum(a.arrivals[1], b.arrivals[1])],
  };
}
