import type { EngineFrame } from "../engine.ts";
import { bytesFor } from "../memory/bit-planes.ts";

const ZEROS = new Uint8Array(1 << 16);

/** Plane `index` of a frame, cut to its detections. */
export function framePlane(frame: EngineFrame, index: number): Uint8Array {
  const from = index * frame.planeBytes;
  return frame.planes.subarray(from, from + bytesFor(frame.detections));
}

/** Overwrites the planes from `index` on. By copies: `fill` goes through shared memory byte by byte. */
export function wipePlanes({ planes, planeBytes }: EngineFrame, index = 0): void {
  for (let at = index * planeBytes; at < planes.length; at += ZEROS.length)
    planes.set(ZEROS.subarray(0, planes.length - at), at);
}
