import { describe, expect, it } from "vitest";
import type { OpticsFrame } from "./optics-frame.ts";
import { cellsOf, planeCounts } from "./plane-counts.ts";

/** A frame whose planes begin at any byte of a buffer, with bits from a small generator. */
function frameOf(detections: number, offset: number, seed: number): OpticsFrame {
  const bytes = Math.ceil(detections / 8);
  let state = seed;
  const plane = (keep: (bit: number) => boolean = () => true) => {
    const bits = new Uint8Array(new ArrayBuffer(bytes + offset), offset, bytes);
    for (let i = 0; i < detections; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      if (state >>> 31 === 1 && keep(i)) bits[i >>> 3]! |= 1 << (i & 7);
    }
    return bits;
  };
  const intensityLow = plane();
  // No detection is of two intensities.
  const intensityHigh = plane((i) => ((intensityLow[i >>> 3]! >>> (i & 7)) & 1) === 0);
  const qtx = { basis: plane(), bit: plane(), intensityLow, intensityHigh };
  return { qtx, qrx: { basis: plane(), bit: plane() }, detections } as unknown as OpticsFrame;
}

/** The same counts, one detection at a time. */
function plainly(frame: OpticsFrame): ReturnType<typeof planeCounts> {
  const perIntensity: [number, number, number] = [0, 0, 0];
  let [mismatched, mismatchedSigned] = [0, 0];
  cellsOf(frame).forEach((count, cell) => {
    const [bBit, bBasis, aBit, intensity, aBasis] = [
      cell & 1,
      (cell >> 1) & 1,
      (cell >> 2) & 1,
      (cell >> 3) % 3,
      Math.floor(cell / 24),
    ] as const;
    perIntensity[intensity as 0 | 1 | 2] += count;
    if (aBasis === bBasis) return;
    mismatched += count;
    mismatchedSigned += (aBit === bBit ? count : -count) * (bBasis === 1 ? 1 : -1);
  });
  return { perIntensity, mismatched, mismatchedSigned };
}

describe("counts of planes", () => {
  it.each(
    [1, 7, 8, 31, 32, 33, 64, 250, 4096, 5001].flatMap((detections) =>
      [0, 1, 2, 4].map((offset) => [detections, offset] as const),
    ),
  )("are those of single detections: %i of them, planes at byte %i", (detections, offset) => {
    const frame = frameOf(detections, offset, detections * 5 + offset);
    expect(planeCounts(frame)).toEqual(plainly(frame));
  });
});
