import type { DetectionCounts } from "../../../kernels/index.ts";
import type { TagCounts } from "./arrival-times.ts";
import type { GapExcess } from "./gap-excess.ts";

/** Alice's half of a frame pair: what the QTX knows of the detected gates, in gate order. */
export interface QtxFrameHalf {
  /** Bit planes over the detections, bit i = byte i>>3, weight 1 << (i & 7). basis: 0 = Z, 1 = X. */
  readonly basis: Uint8Array;
  readonly bit: Uint8Array;
  /** Intensity code 0 = u, 1 = v, 2 = w as two planes: code = low + 2 high. */
  readonly intensityLow: Uint8Array;
  readonly intensityHigh: Uint8Array;
  /** Pulses sent in the frame's gates: index = basis * 3 + intensity. */
  readonly sent: readonly number[];
}

/** Bob's half of a frame pair: what the QRX measured. */
export interface QrxFrameHalf {
  readonly basis: Uint8Array;
  readonly bit: Uint8Array;
  /** Over the gaps as the receiver counts them: the frame's own digest unless it counts wrongly. */
  readonly gateDigest: Uint8Array;
  readonly clicksPerDetector: readonly [number, number];
  readonly doubleClicks: number;
  readonly deadGates: number;
  /** Mean photocurrent of both detectors over the frame, nanoamperes, as their meters read it. */
  readonly photocurrentNa: number;
  readonly photocurrentsNa: readonly [number, number];
  /** What the avalanches take from the bias, volt. */
  readonly biasSagV: number;
  /** Sums of the clicks' times, ps from the middle of the gates, of each detector. */
  readonly arrivalSumsPs: readonly [number, number];
  /** How often they came when, where it was asked for. */
  readonly arrivalTags?: readonly [TagCounts, TagCounts];
  /** Clicks shortly behind a click. */
  readonly gaps: GapExcess;
}

/** Detections of consecutive gates as both transceivers report them. */
export interface OpticsFrame {
  readonly frameId: number;
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  readonly detections: number;
  /** How the halves compare; Alice sends, Bob receives, levels are intensity codes. */
  readonly counts: DetectionCounts;
  /** SHA-256 over the canonical gap list, which the transmitter's half carries. */
  readonly gateDigest: Uint8Array;
  /** That gap list, unsigned LEB128. Lent: valid until the next frame is made. */
  readonly gaps: Uint8Array;
  readonly qtx: QtxFrameHalf;
  readonly qrx: QrxFrameHalf;
}
