import { u32 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";
import { relayRank } from "./relay-fields.ts";

/** The acceptor of a pair asks its proposer for relayed key. */
export const relayWant = peerMessage({
  name: "relay.want",
  kind: 0x52,
  from: "bob",
  meaning: "the acceptor of a pair asks its proposer for relayed key",
  limitBytes: 4 + 1 + 4 + 4,
  tagged: false,
  codec: messageCodec({
    bytes: u32("key that the acceptor's half lacks"),
    rank: relayRank(),
    timeoutMs: u32("how long somebody waits for it, 0 where nobody does"),
    nextSequence: u32("the lowest block number that is free at the acceptor"),
  }),
});
