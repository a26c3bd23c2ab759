import type { QrxRawKeyFrame, QtxRawKeyFrame } from "../../drivers/index.ts";
import { CELLS, cellOf, type PairCounts } from "./pair-counts.ts";

/**
 * Counts the detections of a frame by both ends' settings, thirty-two at a time, from the bit planes. Halves that do not
 * speak of the same gates are counted as such and give no cells.
 */
export function tallyFrame(alice: QtxRawKeyFrame, bob: QrxRawKeyFrame): PairCounts {
  const equal =
    alice.detections === bob.detections &&
    alice.firstGate === bob.firstGate &&
    alice.gateCount === bob.gateCount &&
    alice.gateDigest.every((byte, index) => byte === bob.gateDigest[index]);
  return {
    gates: Number(bob.gateCount),
    deadGates: bob.deadGates,
    clicks: bob.clicksPerDetector,
    doubleClicks: bob.doubleClicks,
    sent: alice.sent,
    cells: equal ? cellsOf(alice, bob) : new Array<number>(CELLS).fill(0),
    photocurrentNa: bob.photocurrentNa,
    frames: 1,
    differingFrames: equal ? 0 : 1,
    unpairedFrames: 0,
  };
}

function cellsOf(alice: QtxRawKeyFrame, bob: QrxRawKeyFrame): number[] {
  const words = (frame: QtxRawKeyFrame | QrxRawKeyFrame, plane: number) =>
    wordsOf(frame.planes, plane * frame.planeBytes, frame.planeBytes);
  const [aliceBasis, aliceBit, low, high] = [0, 1, 2, 3].map((plane) => words(alice, plane));
  const [bobBasis, bobBit] = [0, 1].map((plane) => words(bob, plane));
  const cells = new Array<number>(CELLS).fill(0);
  const { detections } = alice;
  for (let word = 0; word * 32 < detections; word++) {
    const left = detections - word * 32;
    const valid = left >= 32 ? -1 : (1 << left) - 1;
    const [l, h] = [low![word]!, high![word]!];
    const intensities = [~l & ~h & valid, l & ~h & valid, ~l & h & valid];
    const ab = aliceBasis![word]!;
    const at = aliceBit![word]!;
    const bb = bobBasis![word]!;
    const bt = bobBit![word]!;
    for (let intensity = 0; intensity < 3; intensity++) {
      const lit = intensities[intensity]!;
      if (lit === 0) continue;
      for (let setting = 0; setting < 16; setting++) {
        const mask =
          lit &
          (setting & 8 ? ab : ~ab) &
          (setting & 4 ? at : ~at) &
          (setting & 2 ? bb : ~bb) &
          (setting & 1 ? bt : ~bt);
        if (mask !== 0)
          cells[
            cellOf((setting >> 3) & 1, intensity, (setting >> 2) & 1, (setting >> 1) & 1, setting & 1)
          ]! += onesIn(mask);
      }
    }
  }
  return cells;
}

/** A plane as words of 32 bits, lowest byte first. Planes need not lie at a multiple of four bytes. */
function wordsOf(bytes: Uint8Array, start: number, length: number): Int32Array {
  const words = new Int32Array(Math.ceil(length / 4));
  new Uint8Array(words.buffer).set(bytes.subarray(start, start + length));
  return words;
}

function onesIn(word: number): number {
  let ones = word - ((word >>> 1) & 0x55555555);
  ones = (ones & 0x33333333) + ((ones >>> 2) & 0x33333333);
  return Math.imul((ones + (ones >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
