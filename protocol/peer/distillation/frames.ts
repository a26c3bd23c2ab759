import { bits, choice, count64, fixedBytes, u64 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

/** Largest number of detections in one frame. */
export const MAX_FRAME_DETECTIONS = 1 << 23;

/** Why Alice leaves a frame out. */
export const OMIT_REASONS = { missing: 0, digest: 1, refused: 2 } as const;
/** Why Alice leaves a frame out. */
export type OmitReason = keyof typeof OMIT_REASONS;

/** Bob has received a frame. Nothing in it depends on a basis or a bit. */
export const distillationHave = peerMessage({
  name: "distillation.have",
  kind: 0x12,
  from: "bob",
  meaning: "Bob has received a frame",
  limitBytes: 8 + 8 + 8 + 4 + 32,
  tagged: false,
  codec: messageCodec({
    number: count64("running number of the frames that Bob told in this session"),
    firstGate: u64("first gate of the frame"),
    gateCount: u64("gates of the frame"),
    detections: bits(MAX_FRAME_DETECTIONS, "detections in the frame"),
    gateDigest: fixedBytes(32, "the device's digest of the gates with a detection"),
  }),
});

/** Alice leaves a frame out. */
export const distillationOmit = peerMessage({
  name: "distillation.omit",
  kind: 0x13,
  from: "alice",
  meaning: "no block holds this frame",
  limitBytes: 9,
  tagged: false,
  codec: messageCodec({
    number: count64("Bob's running number of the frame"),
    reason: choice(OMIT_REASONS, "why"),
  }),
});
