import type { LinkTally } from "./link-tally.ts";
import { tallyPlanes } from "./tally-planes.ts";

/** What both halves of a raw-key frame have in common; drivers give such. */
interface FrameHalf {
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  readonly detections: number;
  readonly gateDigest: Uint8Array;
  /** Bit planes back to back, each `planeBytes` long. Key material. */
  readonly planes: Uint8Array;
  readonly planeBytes: number;
}

/** Alice's half: planes of basis, bit, intensityLow, intensityHigh. */
export interface AliceHalf extends FrameHalf {
  readonly sent: readonly number[];
}

/** Bob's half: planes of basis and bit. */
export interface BobHalf extends FrameHalf {
  readonly clicksPerDetector: readonly [number, number];
  readonly doubleClicks: number;
  readonly deadGates: number;
  readonly photocurrentNa: number;
}

/** Of half a frame which gates it speaks of. */
export type GateList = Omit<FrameHalf, "planes" | "planeBytes">;

/** Whether two halves speak of the same gates and detections. */
export function sameGates(alice: GateList, bob: GateList): boolean {
  return (
    alice.detections === bob.detections &&
    alice.firstGate === bob.firstGate &&
    alice.gateCount === bob.gateCount &&
    alice.gateDigest.length === bob.gateDigest.length &&
    alice.gateDigest.every((byte, at) => byte === bob.gateDigest[at])
  );
}

/**
 * Counts a frame of which both halves speak of the same gates: sums alone, no bit of it.
 * @throws CodecError QKD_CODEC_VALUE for planes that mean nothing.
 */
export function tallyHalves(alice: AliceHalf, bob: BobHalf): LinkTally {
  const of = ({ planes, planeBytes }: FrameHalf, at: number) =>
    planes.subarray(at * planeBytes, (at + 1) * planeBytes);
  const planes = {
    aliceBasis: of(alice, 0),
    aliceBit: of(alice, 1),
    intensityLow: of(alice, 2),
    intensityHigh: of(alice, 3),
    bobBasis: of(bob, 0),
    bobBit: of(bob, 1),
  };
  return {
    gates: Number(bob.gateCount),
    detections: bob.detections,
    deadGates: bob.deadGates,
    clicks: bob.clicksPerDetector,
    doubleClicks: bob.doubleClicks,
    photocurrentNa: bob.photocurrentNa,
    sent: alice.sent,
    cells: tallyPlanes(planes, bob.detections),
  };
}
