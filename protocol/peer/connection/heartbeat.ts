import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

/** Keeps a silent connection known as alive. */
export const connectionHeartbeat = peerMessage({
  name: "connection.heartbeat",
  kind: 0x03,
  from: "either",
  meaning: "the sender is still there",
  limitBytes: 0,
  tagged: false,
  codec: messageCodec({}),
});
