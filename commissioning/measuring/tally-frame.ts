import { CELLS, SENT_CLASSES, sameGates, tallyHalves } from "../../diagnosis/index.ts";
import type { QrxRawKeyFrame, QtxRawKeyFrame } from "../../drivers/index.ts";
import type { PairCounts } from "./pair-counts.ts";

/**
 * Counts a frame by both ends' settings. Halves that do not speak of the same gates are counted as such and give no cells.
 * @throws CodecError QKD_CODEC_VALUE for planes that mean nothing.
 */
export function tallyFrame(alice: QtxRawKeyFrame, bob: QrxRawKeyFrame): PairCounts {
  const one = { frames: 1, differingFrames: 0, unpairedFrames: 0 };
  if (sameGates(alice, bob)) return { ...tallyHalves(alice, bob), ...one };
  return {
    ...one,
    gates: Number(bob.gateCount),
    detections: bob.detections,
    deadGates: bob.deadGates,
    clicks: bob.clicksPerDetector,
    doubleClicks: bob.doubleClicks,
    photocurrentNa: bob.photocurrentNa,
    sent: alice.sent.length === SENT_CLASSES ? alice.sent : new Array<number>(SENT_CLASSES).fill(0),
    cells: new Array<number>(CELLS).fill(0),
    differingFrames: 1,
  };
}
