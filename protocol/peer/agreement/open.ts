import { choice, count64, recordsToEnd } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";
import { AGREED_ORIGINS } from "./blocks.ts";

/** Ranges of lost blocks in one opening, at most. */
export const MAX_LOST_RANGES = 64;
const LOST_BYTES = 1 + 8 + 8;

/** Ends the opening of the agreement on a connection. */
export const agreementOpen = peerMessage({
  name: "agreement.open",
  kind: 0x08,
  from: "either",
  meaning: "the sender has said all that earlier connections left; its clock",
  limitBytes: 8 + MAX_LOST_RANGES * LOST_BYTES,
  tagged: false,
  codec: messageCodec({
    atMs: count64("the sender's clock, Unix time"),
    lost: recordsToEnd(
      {
        origin: choice(AGREED_ORIGINS, "where the key came from"),
        first: count64("number of the first block"),
        last: count64("number of the last block"),
      },
      MAX_LOST_RANGES,
      "ranges of blocks that the sender may have released and has lost with their names",
    ),
  }),
});
