import { choice, count64, fixedBytes, hexBytes, recordsToEnd, redacted, u32 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

/** Blocks in one message of the agreement, at most: what exceeds that goes into another message. */
export const MAX_AGREED_BLOCKS = 1024;

/** Where a key came from, by its number on the wire. */
export const AGREED_ORIGINS = { qkd: 0, relay: 1, hybrid: 2, pqc: 3 } as const;

const TAG_BYTES = 16;
const DIGEST_BYTES = 32;
const STORED_BYTES = 16 + 1 + 8 + DIGEST_BYTES + 8 + TAG_BYTES;

const blockId = () => hexBytes(16, "id of the block");
const ids = () => messageCodec({ blocks: recordsToEnd({ blockId: blockId() }, MAX_AGREED_BLOCKS, "blocks") });
const storedBlocks = () =>
  messageCodec({
    blocks: recordsToEnd(
      {
        blockId: blockId(),
        origin: choice(AGREED_ORIGINS, "where the key came from"),
        sequence: count64("number of the block"),
        provenance: fixedBytes(DIGEST_BYTES, "SHA-256 of what is known of the block (5.2)"),
        lackBytes: count64("what the sender's half lacked to its target when the block was stored"),
        tag: redacted(fixedBytes(TAG_BYTES, "tag of the acceptor under the block's tail (5.2)")),
      },
      MAX_AGREED_BLOCKS,
      "blocks",
    ),
  });

/** The acceptor holds these blocks on disk. */
export const agreementStored = peerMessage({
  name: "agreement.stored",
  kind: 0x09,
  from: "bob",
  meaning: "the acceptor holds these blocks on disk",
  limitBytes: MAX_AGREED_BLOCKS * STORED_BYTES,
  tagged: false,
  codec: storedBlocks(),
});

/** The acceptor still waits for the fate of these blocks. */
export const agreementAsk = peerMessage({
  name: "agreement.ask",
  kind: 0x0a,
  from: "bob",
  meaning: "the acceptor still waits for the fate of these blocks; a block's record is the same as in stored",
  limitBytes: MAX_AGREED_BLOCKS * STORED_BYTES,
  tagged: false,
  codec: storedBlocks(),
});

/** The proposer hands these blocks out. */
export const agreementReleased = peerMessage({
  name: "agreement.released",
  kind: 0x0b,
  from: "alice",
  meaning: "the proposer hands these blocks out, and how they are split",
  limitBytes: MAX_AGREED_BLOCKS * (16 + 4 + TAG_BYTES),
  tagged: false,
  codec: messageCodec({
    blocks: recordsToEnd(
      {
        blockId: blockId(),
        boundaryBytes: u32("bytes of the block's keys that are Alice's half; the rest is Bob's"),
        tag: redacted(fixedBytes(TAG_BYTES, "tag of the proposer under the block's tail (5.2)")),
      },
      MAX_AGREED_BLOCKS,
      "blocks",
    ),
  }),
});

/** The proposer does not hold these blocks and never will. */
export const agreementAbsent = peerMessage({
  name: "agreement.absent",
  kind: 0x0c,
  from: "alice",
  meaning: "the proposer does not hold these blocks and never will",
  limitBytes: MAX_AGREED_BLOCKS * 16,
  tagged: false,
  codec: ids(),
});

/** The acceptor has heard that these blocks are released. */
export const agreementHeard = peerMessage({
  name: "agreement.heard",
  kind: 0x0d,
  from: "bob",
  meaning: "the acceptor knows that these blocks are released",
  limitBytes: MAX_AGREED_BLOCKS * 16,
  tagged: false,
  codec: ids(),
});
