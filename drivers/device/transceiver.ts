import type { Observable } from "rxjs";

/** What both halves of a raw-key frame have in common. */
interface RawKeyFrameBase {
  /** The key exchange at this device that the frame belongs to; a reconnection starts another. */
  readonly sessionNumber: number;
  readonly frameId: number;
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  readonly detections: number;
  /** SHA-256 of the gate list; the controllers compare it over their authenticated channel. */
  readonly gateDigest: Uint8Array;
  /**
   * All bit planes of the frame back to back, each `planeBytes` long: QTX basis, bit, intensityLow, intensityHigh;
   * QRX basis, bit. Bit i of a plane is byte i >> 3, weight 1 << (i & 7). Backed by its own ArrayBuffer, so it can be
   * transferred to a worker. Key material: the frame prints without it.
   */
  readonly planes: Uint8Array;
  readonly planeBytes: number;
}

/** Raw key as the transmitter (Alice) reports it. */
export interface QtxRawKeyFrame extends RawKeyFrameBase {
  readonly role: "qtx";
  /** Pulses sent in the frame's gates: index = basis * 3 + intensity (basis 0 = Z, intensity 0 = u). */
  readonly sent: readonly number[];
}

/** Raw key as the receiver (Bob) reports it. */
export interface QrxRawKeyFrame extends RawKeyFrameBase {
  readonly role: "qrx";
  readonly clicksPerDetector: readonly [number, number];
  readonly doubleClicks: number;
  readonly deadGates: number;
  readonly photocurrentNa: number;
}

/** A raw-key frame of either role. */
export type RawKeyFrame = QtxRawKeyFrame | QrxRawKeyFrame;

/** Three levels of every analogue quantity: inside its operating range, outside it, outside the absolute range. */
export type HealthLevel = "ok" | "degraded" | "invalid";

/** One measured quantity with its level and the age of the reading. */
export interface HealthQuantity {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly level: HealthLevel;
  readonly ageMs: number;
  readonly source: "protocol" | "modbus";
}

/** Merged view of a transceiver's condition. */
export interface TransceiverHealth {
  readonly state: "online" | "calibrating" | "error" | "idle" | "offline";
  /** Parts per million, or null while nothing was measured. */
  readonly qberPpm: number | null;
  readonly quantities: readonly HealthQuantity[];
  /** Frames and detections that the device had to drop for want of credits. */
  readonly droppedFrames: number;
}

/** An alarm raised or cleared by the device. */
export interface TransceiverAlarm {
  readonly code: number;
  readonly name: string;
  readonly severity: "minor" | "major" | "critical";
  /** Range that the quantity left: the operating one (degraded) or the absolute one (invalid, or damage). */
  readonly level: "operating" | "absolute";
  readonly raised: boolean;
  readonly value: number;
  readonly text: string;
}

/** Connection state of the driver. */
export type TransceiverState = "connecting" | "online" | "reconnecting" | "closed";

/** What a transceiver says of itself. */
export interface TransceiverIdentity {
  readonly role: "qtx" | "qrx";
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  readonly clockHz: number;
  /** Names the pair: both ends of a link report the same one. */
  readonly linkId: string;
}

/** A driver's handle on one transceiver; survives reconnections until `close`. */
export interface Transceiver {
  readonly identity: TransceiverIdentity;
  /** Frames in order; the device sends only what was granted. Acknowledge each by `acknowledge` after use. */
  readonly rawKeys$: Observable<RawKeyFrame>;
  readonly health$: Observable<TransceiverHealth>;
  readonly alarms$: Observable<TransceiverAlarm>;
  readonly state$: Observable<TransceiverState>;
  /** Starts key exchange; resumed by itself after a reconnection. */
  start(options?: { readonly creditFrames?: number; readonly detectionsPerFrame?: number }): Promise<void>;
  stop(): Promise<void>;
  /** Frame consumed: returns its credit to the device. */
  acknowledge(frameId: number): void;
  close(): Promise<void>;
}
