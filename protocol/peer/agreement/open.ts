import { count64 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

/** Ends the opening of the agreement on a connection. */
export const agreementOpen = peerMessage({
  name: "agreement.open",
  kind: 0x08,
  from: "either",
  meaning: "the sender has said all that earlier connections left; its clock",
  limitBytes: 8,
  tagged: false,
  codec: messageCodec({ atMs: count64("the sender's clock, Unix time") }),
});
