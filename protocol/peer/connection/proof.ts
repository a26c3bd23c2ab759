import { fixedBytes, redacted } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

/** Second message of both sides. */
export const connectionProof = peerMessage({
  name: "connection.proof",
  kind: 0x02,
  from: "either",
  meaning: "the sender knows the link's pre-placed secret and ends this very TLS connection",
  limitBytes: 32,
  tagged: false,
  codec: messageCodec({
    proof: redacted(fixedBytes(32, "HMAC-SHA-256 over site, both hello bodies and the TLS exporter (4.2)")),
  }),
});
