import type { OpticsConditions } from "./conditions.ts";
import type { OpticsControl } from "./control.ts";
import type { OpticsFrame } from "./frame/optics-frame.ts";
import type { FrameTruth } from "./truth/frame-truth.ts";

export type { OpticsFrame, QrxFrameHalf, QtxFrameHalf } from "./frame/optics-frame.ts";

/** When a frame ends: at either limit, whichever comes first. */
export interface FrameLimits {
  /** 1 to 2^24. */
  readonly maxDetections: number;
  /** 1 to 2^34. */
  readonly maxGates: bigint;
  /** Whether the clicks' times are told one by one, and not as their sums alone; it changes nothing else of the frame. */
  readonly withTags?: boolean;
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
