import { createHash } from "node:crypto";
import type { CollectedFrame } from "./collected-frame.ts";
import { DIGEST_BYTES } from "./frame-intake.ts";

const ENTRY_BYTES = 8 + 8 + 4 + DIGEST_BYTES;

/**
 * The frames of a block as both sites hash them into its transcripts: for each, in order, first gate, number of gates,
 * number of detections and digest of the gate list (SPEC-PEER). It tells nothing of bases, intensities or bits.
 */
export function frameList(frames: readonly CollectedFrame[]): Uint8Array {
  const bytes = new Uint8Array(ENTRY_BYTES * frames.length);
  const view = new DataView(bytes.buffer);
  for (const [index, { facts }] of frames.entries()) {
    const at = ENTRY_BYTES * index;
    view.setBigUint64(at, facts.firstGate);
    view.setBigUint64(at + 8, facts.gateCount);
    view.setUint32(at + 16, facts.detections);
    bytes.set(facts.gateDigest, at + 20);
  }
  return bytes;
}

/** SHA-256 of a frame list. */
export function frameListDigest(list: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(list).digest());
}

export function detectionsOf(frames: readonly CollectedFrame[]): number {
  return frames.reduce((sum, { facts }) => sum + facts.detections, 0);
}
