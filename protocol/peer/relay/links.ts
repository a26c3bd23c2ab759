import { bool, count64, f64, recordsToEnd, u32 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";
import { nodeName, padClass } from "./relay-fields.ts";

/** Neighbours in one report, at most. */
export const MAX_REPORTED_LINKS = 256;

/** What a node can give its neighbours, flooded over the network. */
export const relayLinks = peerMessage({
  name: "relay.links",
  kind: 0x53,
  from: "either",
  meaning: "what a node can give towards each of its neighbours; goes on to all nodes",
  limitBytes: 256 + 8 + MAX_REPORTED_LINKS * (256 + 8 + 4 + 4 + 1 + 8 + 1),
  tagged: false,
  codec: messageCodec({
    reporter: nodeName("the node that reports"),
    number: count64("rises with each report of that node: Unix time in ms, or one more than the last"),
    links: recordsToEnd(
      {
        neighbour: nodeName("the node at the other end"),
        freeBits: count64("key of the reporter's half that the most urgent use may take"),
        leastRateBps: u32("key that the link is sure to bring the half, 0 while it brings none"),
        demandBps: u32("key that is being taken from the half"),
        up: bool("a hop can be sent to the neighbour now"),
        epsilon: f64("largest sum of the bounds of a block in the half"),
        auth: padClass("what the half's key rests on at the weakest"),
      },
      MAX_REPORTED_LINKS,
      "links, one for each neighbour",
    ),
  }),
});
