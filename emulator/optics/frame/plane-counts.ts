import type { OpticsFrame } from "./optics-frame.ts";

/** Detections of a frame by what no error rate tells. */
export interface PlaneCounts {
  /** By intensity u, v, w. */
  readonly perIntensity: readonly [number, number, number];
  /** Detections in different bases, and what their bits agree more than they differ: with Bob in X less with Bob in Z. */
  readonly mismatched: number;
  readonly mismatchedSigned: number;
}

/** Cells of a tally: Alice's basis x intensity x bit x Bob's basis x bit. */
const CELLS = 48;

/**
 * Counts whole words of the planes. Bits in different bases are random unless the phases are off: an error tilts those of
 * Alice's Z and Bob's X one way and the others the other way, so that the difference tells its size and sign.
 */
export function planeCounts({ qtx, qrx, detections }: OpticsFrame): PlaneCounts {
  const bytes = qtx.basis.length;
  let [decoy, vacuum, mismatched, withX, differX, differ] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < bytes; at += 4) {
    const aBasis = wordAt(qtx.basis, at);
    const bBasis = wordAt(qrx.basis, at);
    decoy += ones(wordAt(qtx.intensityLow, at));
    vacuum += ones(wordAt(qtx.intensityHigh, at));
    const crossed = aBasis ^ bBasis;
    const wrong = crossed & (wordAt(qtx.bit, at) ^ wordAt(qrx.bit, at));
    mismatched += ones(crossed);
    withX += ones(crossed & bBasis);
    differ += ones(wrong);
    differX += ones(wrong & bBasis);
  }
  const agreesX = withX - 2 * differX;
  const agreesZ = mismatched - withX - 2 * (differ - differX);
  return {
    perIntensity: [detections - decoy - vacuum, decoy, vacuum],
    mismatched,
    mismatchedSigned: agreesX - agreesZ,
  };
}

/** Detections by cell: index = (((aliceBasis * 3 + intensity) * 2 + aliceBit) * 2 + bobBasis) * 2 + bobBit. */
export function cellsOf({ qtx, qrx, detections }: OpticsFrame): number[] {
  const cells = new Array<number>(CELLS).fill(0);
  const bit = (plane: Uint8Array, i: number) => (plane[i >>> 3]! >>> (i & 7)) & 1;
  for (let i = 0; i < detections; i++) {
    const intensity = bit(qtx.intensityLow, i) + 2 * bit(qtx.intensityHigh, i);
    const alice = (bit(qtx.basis, i) * 3 + intensity) * 2 + bit(qtx.bit, i);
    const cell = (alice * 2 + bit(qrx.basis, i)) * 2 + bit(qrx.bit, i);
    cells[cell]! += 1;
  }
  return cells;
}

/** Four bytes of a plane as a word; what is beyond the last byte is nothing. */
function wordAt(plane: Uint8Array, at: number): number {
  return plane[at]! | (plane[at + 1]! << 8) | (plane[at + 2]! << 16) | (plane[at + 3]! << 24);
}

/** Bits of a word that are set. */
function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
