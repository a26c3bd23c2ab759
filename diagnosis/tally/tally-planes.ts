import { CodecError } from "../../errors/index.ts";
import { CELLS, cellOf } from "./link-tally.ts";

/** Bit planes of both halves of a frame: bit i is byte i >> 3, weight 1 << (i & 7). Key material: only sums leave here. */
export interface FramePlanes {
  readonly aliceBasis: Uint8Array;
  readonly aliceBit: Uint8Array;
  readonly intensityLow: Uint8Array;
  readonly intensityHigh: Uint8Array;
  readonly bobBasis: Uint8Array;
  readonly bobBit: Uint8Array;
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let rest = byte; rest > 0; rest >>= 1) ones += rest & 1;
  return ones;
});

/** Eight detections at a time: those that `plane` puts into the class of `value`. */
const within = (mask: number, plane: number, value: number): number => mask & (value === 1 ? plane : ~plane);

/**
 * Counts the detections of a frame by both observers' settings and bits.
 * @throws CodecError QKD_CODEC_VALUE for an intensity that means nothing, or planes shorter than the detections.
 */
export function tallyPlanes(planes: FramePlanes, detections: number): number[] {
  const bytes = Math.ceil(detections / 8);
  if (Object.values(planes).some((plane: Uint8Array) => plane.length < bytes))
    throw new CodecError("QKD_CODEC_VALUE", "a raw-key frame has planes shorter than its detections");
  const { aliceBasis, aliceBit, intensityLow, intensityHigh, bobBasis, bobBit } = planes;
  const cells: number[] = Array(CELLS).fill(0);
  for (let at = 0; at < bytes; at++) {
    const left = detections - at * 8;
    const all = left >= 8 ? 255 : (1 << left) - 1;
    const [low, high] = [intensityLow[at]!, intensityHigh[at]!];
    if ((low & high & all) !== 0)
      throw new CodecError("QKD_CODEC_VALUE", "a raw-key frame holds an intensity that means nothing");
    for (let s = 0; s < 2; s++) {
      const ofBasis = within(all, aliceBasis[at]!, s);
      for (let k = 0; ofBasis !== 0 && k < 3; k++) {
        const ofIntensity = k === 0 ? ofBasis & ~low & ~high : ofBasis & (k === 1 ? low : high);
        for (let x = 0; ofIntensity !== 0 && x < 2; x++) {
          const ofBit = within(ofIntensity, aliceBit[at]!, x);
          for (let t = 0; ofBit !== 0 && t < 2; t++) {
            const both = within(ofBit, bobBasis[at]!, t);
            const ones = ONES[both & bobBit[at]!]!;
            const cell = cellOf(s, k, x, t, 0);
            cells[cell + 1]! += ones;
            cells[cell]! += ONES[both]! - ones;
          }
        }
      }
    }
  }
  return cells;
}
