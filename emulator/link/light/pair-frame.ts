import type { FrameStatistics } from "../../device/keys/frame-statistics.ts";
import { planeCounts } from "../../optics/frame/plane-counts.ts";
import type { OpticsFrame } from "../../optics/optics.ts";

/** What both devices are told of a completed frame beside its planes. */
export interface PairFrame {
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  readonly detections: number;
  /** Of the gates as each side counts them. */
  readonly gateDigest: Uint8Array;
  readonly receiverDigest: Uint8Array;
  readonly sent: readonly number[];
  readonly statistics: FrameStatistics;
  /** How many settings of the devices this light obeys: light of older settings tells nothing of the present ones. */
  readonly settings: number;
}

/** Leaves the planes where they are and takes the frame's statistics. */
export function pairFrame(frame: OpticsFrame, settings: number): PairFrame {
  const { qtx, firstGate, gateCount, detections, gateDigest } = frame;
  const statistics = frameStatistics(frame);
  return {
    firstGate,
    gateCount,
    detections,
    gateDigest,
    receiverDigest: frame.qrx.gateDigest,
    sent: qtx.sent,
    statistics,
    settings,
  };
}

/** What the pair's own instruments show: error rates over all intensities in matching bases. */
export function frameStatistics(frame: OpticsFrame): FrameStatistics {
  const { qtx, qrx, detections, gateCount, counts } = frame;
  const { lowest, lowestWrong, highest } = counts;
  const [zu = 0, zv = 0, zw = 0, xu = 0, xv = 0, xw = 0] = qtx.sent;
  const { perIntensity, mismatched, mismatchedSigned } = planeCounts(frame);
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
    perIntensity,
    sentPerIntensity: [zu + xu, zv + xv, zw + xw],
    mismatched,
    mismatchedSigned,
    arrivalSumsPs: qrx.arrivalSumsPs,
    gaps: qrx.gaps,
    photocurrentNa: qrx.photocurrentNa,
    photocurrentsNa: qrx.photocurrentsNa,
    biasSagV: qrx.biasSagV,
  };
}
