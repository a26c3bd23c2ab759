import { u32 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

/** Bob asks Alice for blocks of post-quantum key. */
export const pqcWant = peerMessage({
  name: "pqc.want",
  kind: 0x40,
  from: "bob",
  meaning: "asks for blocks of post-quantum key",
  limitBytes: 8,
  tagged: false,
  codec: messageCodec({
    blocks: u32("how many blocks"),
    nextSequence: u32("the lowest block number that is free at Bob"),
  }),
});
