import { fixedBytes, text8 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

/** Bytes of the digest of one part of a network file. */
export const NETWORK_DIGEST_BYTES = 16;

/** By which network file the sender runs. */
export const networkStamp = peerMessage({
  name: "network.stamp",
  kind: 0x98,
  from: "either",
  meaning: "by which network file the sender runs: its name and what its parts come to",
  limitBytes: 1 + 255 + 4 * NETWORK_DIGEST_BYTES,
  tagged: false,
  codec: messageCodec({
    network: text8("name of the network"),
    nodes: fixedBytes(NETWORK_DIGEST_BYTES, "digest of the part `nodes` (7.5)"),
    links: fixedBytes(NETWORK_DIGEST_BYTES, "digest of the part `links`"),
    saes: fixedBytes(NETWORK_DIGEST_BYTES, "digest of the part `saes`"),
    policies: fixedBytes(NETWORK_DIGEST_BYTES, "digest of the part `policies`"),
  }),
});
