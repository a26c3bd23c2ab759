import { choice, count64, hexBytes, recordsToEnd, u32 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

/** Notices in one message, at most. */
export const MAX_NOTICES = 1024;

/**
 * Why no more keys of a block are to be handed out; `handedOut`: the sender's own half is used up, nothing is lost; `burnt`:
 * the sender gives no keys of the receiver's half any more that lie before a place, and all others.
 */
export const GONE_REASONS = { handedOut: 0, expired: 1, damaged: 2, lost: 3, tagWrong: 4, burnt: 5 } as const;

/** What the sender stopped handing out, or lost. */
export const agreementGone = peerMessage({
  name: "agreement.gone",
  kind: 0x0e,
  from: "either",
  meaning: "blocks of which the sender hands out no more keys",
  limitBytes: MAX_NOTICES * 29,
  tagged: false,
  codec: messageCodec({
    notices: recordsToEnd(
      {
        number: count64("number of the notice at the sender"),
        blockId: hexBytes(16, "id of the block"),
        reason: choice(GONE_REASONS, "why"),
        past: u32(
          "burnt: bytes of the block's keys before which the receiver's half is not to be handed out; else 0",
        ),
      },
      MAX_NOTICES,
      "notices",
    ),
  }),
});

/** The receiver's answer once it has acted on notices. */
export const agreementGoneHeard = peerMessage({
  name: "agreement.goneHeard",
  kind: 0x0f,
  from: "either",
  meaning: "notices that the sender has acted on",
  limitBytes: MAX_NOTICES * 8,
  tagged: false,
  codec: messageCodec({
    notices: recordsToEnd(
      { number: count64("number of the notice at the receiver") },
      MAX_NOTICES,
      "notices",
    ),
  }),
});
