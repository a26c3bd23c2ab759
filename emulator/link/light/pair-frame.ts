import type { FrameStatistics } from "../../device/keys/link-statistics.ts";
import type { OpticsFrame } from "../../optics/optics.ts";

/** What both devices are told of a completed frame beside its planes. */
export interface PairFrame {
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  readonly detections: number;
  readonly gateDigest: Uint8Array;
  readonly sent: readonly number[];
  readonly statistics: FrameStatistics;
}

/** Leaves the planes where they are and takes the frame's statistics. */
export function pairFrame(frame: OpticsFrame): PairFrame {
  const { qtx, firstGate, gateCount, detections, gateDigest } = frame;
  return { firstGate, gateCount, detections, gateDigest, sent: qtx.sent, statistics: frameStatistics(frame) };
}

/** What the pair's own instruments show: error rates over all intensities in matching bases. */
export function frameStatistics({ qtx, qrx, detections, gateCount, counts }: OpticsFrame): FrameStatistics {
  const { lowest, lowestWrong, highest } = counts;
  const [zu = 0, , zw = 0, xu = 0, , xw = 0] = qtx.sent;
  return {
    gates: Number(gateCount),
    detections,
    clicksPerDetector: qrx.clicksPerDetector,
    doubleClicks: qrx.doubleClicks,
    deadGates: qrx.deadGates,
    zDetections: counts.receiverZero,
    matched: counts.matched,
    errors: counts.wrong,
    fringe: {
      signal: lowest,
      signalErrors: lowestWrong,
      vacuum: highest,
      signalSent: zu + xu,
      vacuumSent: zw + xw,
    },
    photocurrentNa: qrx.photocurrentNa,
    photocurrentsNa: qrx.photocurrentsNa,
    biasSagV: qrx.biasSagV,
  };
}
