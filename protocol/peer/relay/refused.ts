import { choice, u8 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";
import { relayedBlockId } from "./relay-fields.ts";

/**
 * Why a share does not go on. `exhausted`: too little key towards the next node for this rank, or none of that class;
 * `linkDown`: no connection to it; `notHere`: the node relays for nobody; `padUnknown`: the pad that was named is not held;
 * `bound`: the pads of the shares together keep no such bound as the origin gave the block.
 */
export const REFUSED_REASONS = { exhausted: 0, linkDown: 1, notHere: 2, padUnknown: 3, bound: 4 } as const;

/** A node of the way tells the origin that a share ends with it. */
export const relayRefused = peerMessage({
  name: "relay.refused",
  kind: 0x51,
  from: "either",
  meaning: "a node of the way tells the origin that a share ends with it",
  limitBytes: 16 + 1 + 1 + 1,
  tagged: false,
  codec: messageCodec({
    blockId: relayedBlockId(),
    share: u8("index of the share"),
    position: u8("index of the sender in the way of this share"),
    reason: choice(REFUSED_REASONS, "why"),
  }),
});
