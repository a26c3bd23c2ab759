import { count64, hexBytes, u32 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

/** The acceptor of a pair asks its proposer for hybrid key. */
export const hybridWant = peerMessage({
  name: "hybrid.want",
  kind: 0xa0,
  from: "bob",
  meaning: "the acceptor of a pair asks its proposer for hybrid key",
  limitBytes: 4 + 4,
  tagged: false,
  codec: messageCodec({
    bytes: u32("key that the acceptor's half lacks"),
    nextSequence: u32("the lowest block number that is free at the acceptor"),
  }),
});

/** The proposer has made a block of one quantum and one post-quantum key of the pair. */
export const hybridCombine = peerMessage({
  name: "hybrid.combine",
  kind: 0xa1,
  from: "alice",
  meaning: "the proposer has made a block of a quantum and a post-quantum key of the pair",
  limitBytes: 4 + 8 + 4 + 16 + 16,
  tagged: false,
  codec: messageCodec({
    sequence: u32("number of the block"),
    createdAtMs: count64("when the block was made, Unix time"),
    blockBytes: u32("bytes of the block, its tail included, and of each of the two keys"),
    quantumKeyId: hexBytes(16, "id of the key of origin qkd or relay (7.8)"),
    exchangedKeyId: hexBytes(16, "id of the key of origin pqc (7.8)"),
  }),
});

/** The acceptor cannot make the block. */
export const hybridRefuse = peerMessage({
  name: "hybrid.refuse",
  kind: 0xa2,
  from: "bob",
  meaning: "the acceptor cannot make this block",
  limitBytes: 16 + 4,
  tagged: false,
  codec: messageCodec({
    blockId: hexBytes(16, "id of the hybrid block (7.8)"),
    nextSequence: u32("the lowest block number that the next one may have"),
  }),
});
