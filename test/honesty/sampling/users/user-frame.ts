import type { OpticsFrame } from "../../../../emulator/index.ts";

/** Both halves of a frame, with nothing but what a driver at each device gets. */
export interface UserFrame {
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  readonly detections: number;
  readonly gateDigest: Uint8Array;
  readonly qtx: OpticsFrame["qtx"];
  readonly qrx: Pick<
    OpticsFrame["qrx"],
    "basis" | "bit" | "clicksPerDetector" | "doubleClicks" | "deadGates" | "photocurrentNa"
  >;
}

/** Detections in order as one byte each: bit 0 Alice's basis, 1 her bit, 2-3 intensity, 4 Bob's basis, 5 his bit. */
export function codesOf({ qtx, qrx, detections }: UserFrame): Uint8Array {
  const planes = [qtx.basis, qtx.bit, qtx.intensityLow, qtx.intensityHigh, qrx.basis, qrx.bit];
  const codes = new Uint8Array(detections);
  for (const [bit, plane] of planes.entries())
    for (let i = 0; i < detections; i++) codes[i]! |= ((plane[i >>> 3]! >>> (i & 7)) & 1) << bit;
  return codes;
}
