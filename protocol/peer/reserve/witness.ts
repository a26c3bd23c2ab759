import { bool, count64, fixedBytes, redacted } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

const NONCE_BYTES = 16;
const MAC_BYTES = 32;

/** The sender does not know how far its own pads are used. */
export const reserveUnsure = peerMessage({
  name: "reserve.unsure",
  kind: 0x96,
  from: "either",
  meaning: "the sender holds its own pads back and asks how far the receiver has seen them used",
  limitBytes: NONCE_BYTES,
  tagged: false,
  codec: messageCodec({ nonce: fixedBytes(NONCE_BYTES, "drawn at random for this connection") }),
});

/** The other site's word. */
export const reserveSeen = peerMessage({
  name: "reserve.seen",
  kind: 0x97,
  from: "either",
  meaning: "how far the sender has seen the receiver's direction used, and has used its own",
  limitBytes: NONCE_BYTES + 1 + 8 + 8 + MAC_BYTES,
  tagged: false,
  codec: messageCodec({
    nonce: fixedBytes(NONCE_BYTES, "of the question"),
    sure: bool("whether the sender knows; if not, both offsets are 0"),
    seen: count64("the receiver's direction is used up to this offset, as far as the sender saw"),
    used: count64("the sender's own direction is used up to this offset"),
    mac: redacted(fixedBytes(MAC_BYTES, "HMAC-SHA-256 under the witness key of the link (7.4)")),
  }),
});
