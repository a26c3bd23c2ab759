import { DistillationError } from "../../errors/index.ts";
import type { BitKernel } from "../../kernels/index.ts";
import { bothX, bothZ } from "./bit-planes.ts";
import type { EngineFrame } from "./engine.ts";
import { framePlane } from "./frame-queue.ts";
import { countIntensities, encodeIntensities, type IntensityPlanes } from "./intensity-planes.ts";
import type { SiftMessage } from "./messages/index.ts";

/** One basis of a sifted frame: Alice's bits and intensities where both chose it. */
export interface SiftedBasis {
  readonly bits: number;
  readonly bit: Uint8Array;
  readonly intensities: IntensityPlanes;
  readonly perIntensity: readonly number[];
  /** Bits that are 1. */
  readonly ones: number;
}

/** What Alice keeps and tells of a frame. */
export interface SiftedFrame {
  readonly basis: Uint8Array;
  readonly sent: readonly number[];
  readonly z: SiftedBasis;
  readonly x: SiftedBasis;
}

/** Whether both transceivers speak of the same detections. */
export function sameDetections(frame: EngineFrame, sift: SiftMessage): boolean {
  return (
    frame.detections === sift.detections &&
    frame.firstGate === sift.firstGate &&
    frame.gateCount === sift.gateCount &&
    Buffer.compare(frame.gateDigest, sift.gateDigest) === 0
  );
}

/**
 * Sifts a frame against Bob's bases and wipes it.
 * @throws DistillationError QKD_DISTILLATION_FRAME for an intensity that does not exist or more detections than pulses.
 */
export function siftFrame(kernel: BitKernel, frame: EngineFrame, bobBasis: Uint8Array): SiftedFrame {
  const n = frame.detections;
  // The frame's buffer is wiped below, so its basis plane travels as a copy.
  const basis = framePlane(frame, 0).slice();
  const planes = [1, 2, 3].map((index) => framePlane(frame, index));
  const z = siftBasis(kernel, bothZ(basis, bobBasis, n), planes, n);
  const x = siftBasis(kernel, bothX(basis, bobBasis, n), planes, n);
  frame.planes.fill(0);
  const sent = frame.sent ?? [];
  const sifted = [...(z?.perIntensity ?? []), ...(x?.perIntensity ?? [])];
  if (z === null || x === null || sifted.some((count, index) => count > (sent[index] ?? 0)))
    throw new DistillationError(
      "QKD_DISTILLATION_FRAME",
      "a raw-key frame holds an unknown intensity or more detections than pulses",
      { retryable: true, context: { frameId: frame.frameId, detections: n } },
    );
  return { basis, sent, z, x };
}

function siftBasis(
  kernel: BitKernel,
  mask: Uint8Array,
  planes: readonly Uint8Array[],
  n: number,
): SiftedBasis | null {
  const compacted = kernel.compact(mask, planes, n);
  const [bit = EMPTY, low = EMPTY, high = EMPTY] = compacted.planes;
  const bits = compacted.bitCount;
  const intensities = encodeIntensities(kernel, low, high, bits);
  if (intensities === null) return null;
  const ones = kernel.popcount(bit, bits);
  return { bits, bit, intensities, perIntensity: countIntensities(kernel, intensities), ones };
}

const EMPTY = new Uint8Array();

/** The transceivers disagree about a frame. */
export function digestError(frameId: number, context: Record<string, number> = {}): DistillationError {
  return new DistillationError(
    "QKD_DISTILLATION_DIGEST",
    "the two transceivers report different detections",
    { retryable: true, context: { frameId, ...context } },
  );
}
