import { count64 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";
import { sequence } from "./block-fields.ts";

/** Names the authentication material of a coming block. */
export const distillationOffer = peerMessage({
  name: "distillation.offer",
  kind: 0x11,
  from: "either",
  meaning: "which bytes of the sender's authentication reserve guard its side of a coming block",
  limitBytes: 16,
  tagged: false,
  codec: messageCodec({
    sequence: sequence(),
    offset: count64("first byte in the sender's reserve"),
  }),
});

/** Answers an offer whose bytes the receiver does not hold, or has used. */
export const distillationRefuse = peerMessage({
  name: "distillation.refuse",
  kind: 0x21,
  from: "either",
  meaning: "the bytes that an offer named are not to be had at the sender",
  limitBytes: 16,
  tagged: false,
  codec: messageCodec({
    sequence: sequence(),
    offset: count64("first byte of the refused offer"),
  }),
});
