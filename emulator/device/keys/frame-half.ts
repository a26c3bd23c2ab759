import type { FrameStatistics } from "./frame-statistics.ts";

/** One half of a raw-key frame as the pair hands it to a device. */
export interface FrameHalf {
  readonly frameId: number;
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  readonly detections: number;
  readonly gateDigest: Uint8Array;
  /** All bit planes back to back: key material. */
  readonly planes: Uint8Array;
  /** The device does not look at the planes again. Idempotent. */
  readonly finished: () => void;
  /** Transmitter: pulses sent by basis * 3 + intensity. Receiver: empty. */
  readonly sent: readonly number[];
  readonly statistics: FrameStatistics;
  /** False where the light is of settings that have changed since. */
  readonly ofThisSetting: boolean;
}
