/**
 * What a raw-key frame says of itself beside its bit planes: the driver's frame without them, which the engine takes as
 * it is.
 */
export interface FrameFacts {
  readonly role: "qtx" | "qrx";
  /** The key exchange at this site's device; it orders frames here and is never compared with the other site's. */
  readonly sessionNumber: number;
  readonly frameId: number;
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  readonly detections: number;
  /** SHA-256 of the gate list, 32 bytes. */
  readonly gateDigest: Uint8Array;
  /** Bytes from one plane to the next. */
  readonly planeBytes: number;
  /** QTX only: pulses sent, index = basis * 3 + intensity. */
  readonly sent?: readonly number[];
  /** QRX only. */
  readonly doubleClicks?: number;
  readonly photocurrentNa?: number;
  /**
   * What the caller calls the memory of the planes; comes back with the acknowledgement. Numbers do not name a frame while
   * some of an earlier key exchange wait.
   */
  readonly place?: number;
}

/** Bit planes of a frame: QTX basis, bit, intensity low, intensity high; QRX basis, bit. */
export const PLANES = { qtx: 4, qrx: 2 } as const;
