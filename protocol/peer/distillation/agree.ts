import { bool, count64, fixedBytes, u32 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";
import { inTranscript } from "./block-fields.ts";

/** Fixes which frames form a block, before anything about a basis is announced. */
export const distillationAgree = peerMessage({
  name: "distillation.agree",
  kind: 0x14,
  from: "alice",
  meaning: "which frames form the block",
  limitBytes: 12 + 8 + 4 + 8 + 1 + 32,
  tagged: true,
  codec: messageCodec({
    ...inTranscript(),
    last: count64("Bob's running number of the block's last frame"),
    frames: u32("frames of the block"),
    detections: count64("detections of the block"),
    flushed: bool("the block ends early because its frames take too much room or an operator said so"),
    listDigest: fixedBytes(32, "SHA-256 of the list of the block's frames (6.3)"),
  }),
});
