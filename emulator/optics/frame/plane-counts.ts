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
  const [low, high] = [wordsOf(qtx.intensityLow), wordsOf(qtx.intensityHigh)];
  const [aBases, aBits] = [wordsOf(qtx.basis), wordsOf(qtx.bit)];
  const [bBases, bBits] = [wordsOf(qrx.basis), wordsOf(qrx.bit)];
  let [decoy, vacuum, mismatched, withX, differX, differ] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < aBases.length; at++) {
    const bBasis = bBases[at]!;
    decoy += ones(low[at]!);
    vacuum += ones(high[at]!);
    const crossed = aBases[at]! ^ bBasis;
    const wrong = crossed & (aBits[at]! ^ bBits[at]!);
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

/** A plane as words of 32 bits, whose order does not matter to a count; what is beyond the last byte is nothing. */
function wordsOf(plane: Uint8Array): Int32Array {
  const whole = plane.length % 4 === 0 && plane.byteOffset % 4 === 0;
  const aligned = whole ? plane : new Uint8Array(Math.ceil(plane.length / 4) * 4);
  if (!whole) aligned.set(plane);
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

/** Bits of a word that are set. */
function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
