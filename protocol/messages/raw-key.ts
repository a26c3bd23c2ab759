import { count64, f64, fixedBytes, fixedList, planeMessageCodec, u32, u64 } from "../codec/kit.ts";
import { event } from "./declaration.ts";

/** What both halves of a raw-key frame begin with. */
const head = () => ({
  sessionNumber: u32("the key exchange that the frame belongs to"),
  frameId: u32("number of the frame in the pair's common count: both halves of a frame have the same"),
  firstGate: u64("first gate of the frame in the pair's common gate count"),
  gateCount: u64("gates of the frame"),
  detections: u32("detections in the frame = bits of each plane"),
  droppedFrames: u32("frames dropped so far in this key exchange for want of credits"),
  gateDigest: fixedBytes(32, "SHA-256 of the gaps between the detections (5.2); both halves have the same"),
});

/** Bit planes of a transmitter's frame. Intensity = intensityLow + 2 * intensityHigh: 0 u, 1 v, 2 w. */
export const QTX_PLANES = ["basis", "bit", "intensityLow", "intensityHigh"] as const;
/** Bit planes of a receiver's frame. Basis 0 is Z, 1 is X. */
export const QRX_PLANES = ["basis", "bit"] as const;

/** Raw key of the transmitter: its settings in the gates that the receiver reported. */
export const rawKeyQtx = event({
  opcode: 0x8020,
  meaning: "raw key of the transmitter: its settings in the gates with a detection",
  event: planeMessageCodec(
    {
      ...head(),
      sent: fixedList(
        count64("pulses"),
        6,
        "pulses sent in the frame's gates, index = basis * 3 + intensity (basis 0 Z, 1 X; intensity 0 u, 1 v, 2 w)",
      ),
    },
    QTX_PLANES,
  ),
});

/** Raw key of the receiver: basis and bit of each detection. */
export const rawKeyQrx = event({
  opcode: 0x8021,
  meaning: "raw key of the receiver: basis and bit of each detection",
  event: planeMessageCodec(
    {
      ...head(),
      clicksDetector0: count64("clicks of the detector of bit 0, double clicks included"),
      clicksDetector1: count64("clicks of the detector of bit 1, double clicks included"),
      doubleClicks: count64("gates in which both detectors clicked; their bit is random"),
      deadGates: count64("gates in which the receiver was blind after a click"),
      photocurrentNa: f64("mean bias current of the data detectors in nA"),
    },
    QRX_PLANES,
  ),
});
