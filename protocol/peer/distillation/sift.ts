import { valueError } from "../../codec/field.ts";
import { bits, count64, f64, fixedList, plane, u32 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";
import { BY_SETTING, inTranscript } from "./block-fields.ts";
import { MAX_FRAME_DETECTIONS } from "./frames.ts";

const PLANE_BYTES = MAX_FRAME_DETECTIONS / 8;
const frame = () => u32("index of the frame in the block's list");

/** Bob's bases of one frame of an agreed block. */
export const distillationSift = peerMessage({
  name: "distillation.sift",
  kind: 0x15,
  from: "bob",
  meaning: "Bob's bases of a frame",
  limitBytes: 12 + 4 + 8 + 8 + 4 + PLANE_BYTES,
  tagged: true,
  codec: messageCodec({
    ...inTranscript(),
    frame: frame(),
    doubleClicks: count64("gates of the frame in which both detectors clicked"),
    photocurrentNa: f64("mean bias current of the data detectors in nA"),
    detections: bits(MAX_FRAME_DETECTIONS, "detections in the frame"),
    basis: plane("detections", "Bob's basis of each detection, 0 Z, 1 X"),
  }),
});

/** Alice's bases, intensities and test bits of that frame. */
export const distillationSiftReply = peerMessage({
  name: "distillation.siftReply",
  kind: 0x16,
  from: "alice",
  meaning: "Alice's bases, intensities and test bits of a frame",
  // Both bases together have at most the frame's detections; each of two planes may have a last byte of its own.
  limitBytes: 12 + 4 + 48 + 5 * 4 + PLANE_BYTES + 3 * (PLANE_BYTES + 1),
  tagged: true,
  codec: messageCodec(
    {
      ...inTranscript(),
      frame: frame(),
      sent: fixedList(count64("pulses"), 6, `pulses sent in the frame's gates, ${BY_SETTING}`),
      detections: bits(MAX_FRAME_DETECTIONS, "detections in the frame", [29, 0, 16]),
      basis: plane("detections", "Alice's basis of each detection, 0 Z, 1 X"),
      zBits: bits(MAX_FRAME_DETECTIONS, "detections for which both chose Z", [13, 0, 8]),
      zDecoys: bits(MAX_FRAME_DETECTIONS, "those of them that are not of the signal intensity", [5, 0, 8]),
      zDecoy: plane("zBits", "which ones"),
      zVacuum: plane("zDecoys", "which of those are vacuum"),
      xBits: bits(MAX_FRAME_DETECTIONS, "detections for which both chose X", [9, 0, 8]),
      xDecoys: bits(MAX_FRAME_DETECTIONS, "those of them that are not of the signal intensity", [3, 0, 8]),
      xDecoy: plane("xBits", "which ones"),
      xVacuum: plane("xDecoys", "which of those are vacuum"),
      xBit: plane("xBits", "Alice's bits of basis X"),
    },
    ({ detections, zBits, zDecoys, xBits, xDecoys }) => {
      if (zBits + xBits > detections) throw valueError("xBits", "must fit beside zBits into detections");
      if (zDecoys > zBits) throw valueError("zDecoys", "must be at most zBits");
      if (xDecoys > xBits) throw valueError("xDecoys", "must be at most xBits");
    },
  ),
});
