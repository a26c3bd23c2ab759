import { createHash } from "node:crypto";
import { countDetections } from "./count-detections.ts";
import type { OpticsFrame } from "./optics-frame.ts";

/**
 * A frame of a receiver that counts its gates wrongly: it speaks of gates that lie `slipGates` behind those in which it
 * clicked. The transmitter tells what it sent in the gates it is told, which has nothing to do with the clicks, and the
 * digests of both differ. Alice's planes are written where they lie. `gapBytes` are the frame's, `sentAt`
 * tells Alice's settings of a gate as the sampler codes them.
 */
export function slippedFrame(
  frame: OpticsFrame,
  gapBytes: Uint8Array,
  slipGates: number,
  sentAt: (gate: bigint) => number,
): OpticsFrame {
  if (slipGates === 0 || frame.detections === 0) return frame;
  const { qtx, qrx, detections } = frame;
  const gaps = gapsOf(gapBytes, detections);
  const codes = new Uint8Array(detections);
  for (const plane of [qtx.basis, qtx.bit, qtx.intensityLow, qtx.intensityHigh]) plane.fill(0);
  let gate = frame.firstGate + BigInt(slipGates);
  for (const [i, gap] of gaps.entries()) {
    gate += BigInt(gap);
    const sent = sentAt(gate);
    const [byte, bit] = [i >>> 3, i & 7];
    qtx.basis[byte]! |= (sent & 1) << bit;
    qtx.bit[byte]! |= ((sent >>> 1) & 1) << bit;
    qtx.intensityLow[byte]! |= ((sent >>> 2) & 1) << bit;
    qtx.intensityHigh[byte]! |= ((sent >>> 3) & 1) << bit;
    const received = (((qrx.basis[byte]! >>> bit) & 1) << 4) | (((qrx.bit[byte]! >>> bit) & 1) << 5);
    codes[i] = sent | received;
  }
  return {
    ...frame,
    counts: countDetections(codes),
    qrx: { ...qrx, gateDigest: digestOf([gaps[0]! + slipGates, ...gaps.slice(1)]) },
  };
}

function gapsOf(gapBytes: Uint8Array, detections: number): number[] {
  const gaps: number[] = [];
  for (let at = 0; gaps.length < detections; ) {
    let gap = 0;
    for (let weight = 1, byte = 128; byte >= 128; weight *= 128) {
      byte = gapBytes[at++] ?? 0;
      gap += (byte & 127) * weight;
    }
    gaps.push(gap);
  }
  return gaps;
}

/** SHA-256 over the gaps as unsigned LEB128. */
function digestOf(gaps: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let gap of gaps) {
    for (; gap >= 128; gap = Math.floor(gap / 128)) bytes.push((gap % 128) | 128);
    bytes.push(gap);
  }
  return new Uint8Array(createHash("sha256").update(Uint8Array.from(bytes)).digest());
}
