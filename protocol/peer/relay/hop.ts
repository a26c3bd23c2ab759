import {
  bytes32,
  count64,
  f64,
  fixedBytes,
  hexBytes,
  list,
  record,
  redacted,
  text8,
  u8,
  u32,
} from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";
import { nodeName, padClass, relayedBlockId, relayRank } from "./relay-fields.ts";

/** Largest relayed block, tail included. */
export const MAX_RELAYED_BYTES = 2 ** 16;

/** What a hop may have beside its ciphertext. */
const MOST_FACTS_BYTES = 2 ** 14;

/** Bytes of a hop's tag, the last of its body. */
export const HOP_TAG_BYTES = 16;

/** One share of a block on its way to the next node. */
export const relayHop = peerMessage({
  name: "relay.hop",
  kind: 0x50,
  from: "either",
  meaning: "a share of a block on its way to the next node, under a pad that both share",
  limitBytes: MAX_RELAYED_BYTES + MOST_FACTS_BYTES,
  tagged: false,
  codec: messageCodec({
    sender: nodeName("the node that sends this hop"),
    receiver: nodeName("the neighbour that it is for"),
    blockId: relayedBlockId(),
    nonce: hexBytes(16, "drawn by the origin for this block"),
    sequence: u32("number of the block, of the pair of both ends"),
    createdAtMs: count64("when the block was made, Unix time of the origin"),
    blockBytes: u32("bytes of the block, its tail included"),
    secrecy: f64("bound that the origin gives the block: secrecy"),
    correctness: f64("bound that the origin gives the block: correctness"),
    authentication: f64("bound that the origin gives the block: authentication"),
    auth: padClass("what the block's pads rest on at the weakest"),
    shares: list(
      record({ path: list(text8(""), "nodes of the share's way, both ends included") }),
      "ways of all shares of the block",
    ),
    share: u8("index of this share"),
    position: u8("index of the sender in the way of this share"),
    rank: relayRank(),
    leftMs: u32("how long the origin still waits for the block"),
    traceId: hexBytes(16, "trace that the block belongs to (W3C Trace Context), zeros for none"),
    spanId: hexBytes(8, "span of the sender in that trace, zeros for none"),
    places: list(
      record({
        sequence: u32("number of the block that the pad lies in, of origin qkd"),
        offset: u32("first byte of the pad in the block's keys"),
        length: u32("bytes"),
      }),
      "where the pad lies that covers this hop, part after part",
    ),
    trail: list(
      record({
        epsilon: f64("sum of the bounds of the blocks that the pad is of"),
        auth: padClass("what the pad rests on"),
      }),
      "the pads of this share so far, the one of this hop last",
    ),
    ciphertext: redacted(
      bytes32(MAX_RELAYED_BYTES, "the share under the pad; empty from the origin, whose share the pad is"),
    ),
    tag: redacted(fixedBytes(HOP_TAG_BYTES, "of everything before it, under the pad (7.6)")),
  }),
});
