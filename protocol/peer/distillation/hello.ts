import { choice, count64, fixedBytes, hexBytes, recordsToEnd } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

/** Blocks that a hello may list, at most. */
export const MAX_CLOSING_BLOCKS = 64;
const BLOCK_ID_BYTES = 16;

/** Opens or answers a session of the two engines. */
export const distillationHello = peerMessage({
  name: "distillation.hello",
  kind: 0x10,
  from: "either",
  meaning: "opens or answers a session",
  limitBytes: 1 + 32 + 16 + 16 + 8 + MAX_CLOSING_BLOCKS * BLOCK_ID_BYTES,
  tagged: false,
  codec: messageCodec({
    role: choice({ alice: 0, bob: 1 }, "the sender's role"),
    settingsDigest: fixedBytes(32, "SHA-256 of the sender's distillation settings"),
    nonce: fixedBytes(16, "drawn by the sender for this session"),
    echo: fixedBytes(16, "the receiver's nonce, zeros while unknown"),
    nextSequence: count64("the lowest block number that is free at the sender"),
    closing: recordsToEnd(
      { blockId: hexBytes(BLOCK_ID_BYTES, "id of the block") },
      MAX_CLOSING_BLOCKS,
      "blocks of earlier sessions that the sender can bring to their end",
    ),
  }),
});
