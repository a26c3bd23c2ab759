import type { FrameStatistics } from "../device/link-statistics.ts";
import { onesOfWord } from "../optics/frame/bit-planes.ts";
import type { OpticsFrame } from "../optics/optics.ts";

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

/** Counts what the pair's own instruments show: error rates over all intensities in matching bases. */
export function frameStatistics({ qtx, qrx, detections, gateCount }: OpticsFrame): FrameStatistics {
  let [bobX, matchedZ, matchedX, errorsZ, errorsX] = [0, 0, 0, 0, 0];
  let [signal, signalErrors, vacuum] = [0, 0, 0];
  const alices = words(qtx.basis, detections);
  const bobs = words(qrx.basis, detections);
  const sentBits = words(qtx.bit, detections);
  const seenBits = words(qrx.bit, detections);
  const low = words(qtx.intensityLow, detections);
  const high = words(qtx.intensityHigh, detections);
  for (let at = 0; at < bobs.length; at++) {
    const used = at === bobs.length - 1 && detections % 32 !== 0 ? 2 ** (detections % 32) - 1 : -1;
    const alice = alices[at]! & used;
    const bob = bobs[at]! & used;
    const wrong = (sentBits[at]! ^ seenBits[at]!) & used;
    const bothZ = ~(alice | bob) & used;
    const bothX = alice & bob;
    const matched = bothZ | bothX;
    const signalHere = matched & ~(low[at]! | high[at]!);
    bobX += onesOfWord(bob);
    matchedZ += onesOfWord(bothZ);
    errorsZ += onesOfWord(bothZ & wrong);
    signal += onesOfWord(signalHere);
    signalErrors += onesOfWord(signalHere & wrong);
    const vacuumHere = matched & high[at]!;
    // Few gates have both in the test basis or no light at all.
    if (bothX !== 0) {
      matchedX += onesOfWord(bothX);
      errorsX += onesOfWord(bothX & wrong);
    }
    if (vacuumHere !== 0) vacuum += onesOfWord(vacuumHere);
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

/** The first bits of a plane as 32-bit words, copied only where the plane does not lie on a word. */
function words(plane: Uint8Array, bits: number): Int32Array {
  const count = Math.ceil(bits / 32);
  const { buffer, byteOffset } = plane;
  if (byteOffset % 4 === 0 && byteOffset + 4 * count <= buffer.byteLength)
    return new Int32Array(buffer, byteOffset, count);
  const copy = new Int32Array(count);
  new Uint8Array(copy.buffer).set(plane.subarray(0, Math.min(plane.length, 4 * count)));
  return copy;
}
