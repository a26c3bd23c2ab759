import type { FrameStatistics } from "../device/link-statistics.ts";
import type { OpticsFrame } from "../optics/optics.ts";

/** A completed frame of both devices, ready to cross from the optics' thread: buffers are its own. */
export interface PairFrame {
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  readonly detections: number;
  readonly gateDigest: Uint8Array;
  readonly qtxPlanes: Uint8Array<ArrayBuffer>;
  readonly qrxPlanes: Uint8Array<ArrayBuffer>;
  readonly sent: readonly number[];
  readonly statistics: FrameStatistics;
}

/** Joins the planes of each half and takes the frame's statistics. */
export function pairFrame(frame: OpticsFrame): PairFrame {
  const { qtx, qrx, firstGate, gateCount, detections, gateDigest } = frame;
  return {
    firstGate,
    gateCount,
    detections,
    gateDigest: gateDigest.slice(),
    qtxPlanes: join([qtx.basis, qtx.bit, qtx.intensityLow, qtx.intensityHigh], detections),
    qrxPlanes: join([qrx.basis, qrx.bit], detections),
    sent: [...qtx.sent],
    statistics: frameStatistics(frame),
  };
}

function join(planes: readonly Uint8Array[], detections: number): Uint8Array<ArrayBuffer> {
  const each = Math.ceil(detections / 8);
  const joined = new Uint8Array(planes.length * each);
  planes.forEach((plane, index) => {
    joined.set(plane.subarray(0, each), index * each);
  });
  return joined;
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);

/** Counts what the pair's own instruments show: error rates over all intensities in matching bases. */
export function frameStatistics({ qtx, qrx, detections, gateCount }: OpticsFrame): FrameStatistics {
  let [bobX, matchedZ, matchedX, errorsZ, errorsX] = [0, 0, 0, 0, 0];
  let [signal, signalErrors, vacuum] = [0, 0, 0];
  const bytes = Math.ceil(detections / 8);
  for (let at = 0; at < bytes; at++) {
    const used = at === bytes - 1 && detections % 8 !== 0 ? (1 << (detections % 8)) - 1 : 0xff;
    const alice = qtx.basis[at]! & used;
    const bob = qrx.basis[at]! & used;
    const wrong = (qtx.bit[at]! ^ qrx.bit[at]!) & used;
    const bothZ = ~(alice | bob) & used;
    const bothX = alice & bob;
    bobX += ONES[bob]!;
    matchedZ += ONES[bothZ]!;
    matchedX += ONES[bothX]!;
    errorsZ += ONES[bothZ & wrong]!;
    errorsX += ONES[bothX & wrong]!;
    const matched = bothZ | bothX;
    const signalHere = matched & ~(qtx.intensityLow[at]! | qtx.intensityHigh[at]!);
    signal += ONES[signalHere]!;
    signalErrors += ONES[signalHere & wrong]!;
    vacuum += ONES[matched & qtx.intensityHigh[at]!]!;
  }
  const [zu = 0, , zw = 0, xu = 0, , xw = 0] = qtx.sent;
  return {
    gates: Number(gateCount),
    detections,
    clicksPerDetector: qrx.clicksPerDetector,
    doubleClicks: qrx.doubleClicks,
    deadGates: qrx.deadGates,
    zDetections: detections - bobX,
    matched: [matchedZ, matchedX],
    errors: [errorsZ, errorsX],
    fringe: { signal, signalErrors, vacuum, signalSent: zu + xu, vacuumSent: zw + xw },
    photocurrentNa: qrx.photocurrentNa,
  };
}
