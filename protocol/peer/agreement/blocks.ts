import { choice, hexBytes, recordsToEnd } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

/** Blocks in one message of the agreement, at most: what cannot be settled at once is asked for again. */
export const MAX_AGREED_BLOCKS = 4096;

/** What a site knows of a block. */
export const BLOCK_STATES = { absent: 0, pending: 1, available: 2, spent: 3 } as const;
/** What a site knows of a block. */
export type BlockState = keyof typeof BLOCK_STATES;

const blockId = () => hexBytes(16, "id of the block");
const ids = () => messageCodec({ blocks: recordsToEnd({ blockId: blockId() }, MAX_AGREED_BLOCKS, "blocks") });

/** The sender holds these blocks on disk. */
export const agreementStored = peerMessage({
  name: "agreement.stored",
  kind: 0x08,
  from: "either",
  meaning: "the sender holds these blocks on disk",
  limitBytes: MAX_AGREED_BLOCKS * 16,
  tagged: false,
  codec: ids(),
});

/** Asks what the other site knows of these blocks. */
export const agreementQuery = peerMessage({
  name: "agreement.query",
  kind: 0x09,
  from: "either",
  meaning: "asks what the receiver knows of these blocks",
  limitBytes: MAX_AGREED_BLOCKS * 16,
  tagged: false,
  codec: ids(),
});

/** Answers a query. */
export const agreementAnswer = peerMessage({
  name: "agreement.answer",
  kind: 0x0a,
  from: "either",
  meaning: "what the sender knows of the blocks that it was asked for",
  limitBytes: MAX_AGREED_BLOCKS * 17,
  tagged: false,
  codec: messageCodec({
    blocks: recordsToEnd(
      { blockId: blockId(), state: choice(BLOCK_STATES, "what the sender knows") },
      MAX_AGREED_BLOCKS,
      "blocks",
    ),
  }),
});
