import type { DetectionCounts } from "../../kernels/index.ts";
import type { OpticsConditions } from "./conditions.ts";
import type { OpticsControl } from "./control.ts";
import type { FrameTruth } from "./truth/frame-truth.ts";

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
  readonly clicksPerDetector: readonly [number, number];
  readonly doubleClicks: number;
  readonly deadGates: number;
  /** Mean photocurrent of the detector monitor over the frame, nanoamperes. */
  readonly photocurrentNa: number;
}

/** Detections of consecutive gates as both transceivers report them. */
export interface OpticsFrame {
  readonly frameId: number;
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  readonly detections: number;
  /** How the halves compare; Alice sends, Bob receives, levels are intensity codes. */
  readonly counts: DetectionCounts;
  /** SHA-256 over the canonical gap list; both halves carry it. */
  readonly gateDigest: Uint8Array;
  readonly qtx: QtxFrameHalf;
  readonly qrx: QrxFrameHalf;
}

/** When a frame ends: at either limit, whichever comes first. */
export interface FrameLimits {
  /** 1 to 2^24. */
  readonly maxDetections: number;
  /** 1 to 2^34. */
  readonly maxGates: bigint;
}

/**
 * The emulated photons of one link: source, fibre and receiver, gate by gate. Frames follow each other without a gap;
 * the same seed and controls at the same gates give the same detections, however the frames are cut.
 */
export interface Optics {
  /**
   * The next frame. Its planes lie back to back, Alice's before Bob's, at the beginning of `place`, which holds those of
   * `maxDetections`; without it in memory of their own.
   * @throws ConfigError QKD_PHYSICS_RANGE for impossible limits, QKD_PHYSICS_OVERFLOW where trapped carriers exceed what
   * can be followed; no later frame is made then, because carriers are missing from it.
   */
  nextFrame(limits: FrameLimits, place?: Uint8Array): OpticsFrame & { readonly truth?: FrameTruth };
  /** Number of the next gate to be emulated. */
  readonly gate: bigint;
  /**
   * Changes the optics from the next gate on.
   * @throws ConfigError QKD_PHYSICS_RANGE or QKD_CONFIG_INVALID; the optics then go on as before.
   */
  control(change: OpticsControl): void;
  readonly conditions: OpticsConditions;
}
