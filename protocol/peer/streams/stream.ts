import { hexBytes, text8, u16, u32 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

const ksid = () => hexBytes(16, "Key_stream_ID of ETSI GS QKD 004");

/** An application of the sender's node has opened a stream of keys with one of the receiver's. */
export const streamsOpen = peerMessage({
  name: "streams.open",
  kind: 0xa8,
  from: "either",
  meaning: "an application of the sender's node has opened a key stream with one of the receiver's",
  limitBytes: 16 + 2 * 256 + 2,
  tagged: false,
  codec: messageCodec({
    ksid: ksid(),
    source: text8("SAE that opened it"),
    destination: text8("SAE that it is opened with"),
    chunkBytes: u16("bytes of each key of the stream"),
  }),
});

/** The key at one index of a stream. */
export const streamsKey = peerMessage({
  name: "streams.key",
  kind: 0xa9,
  from: "either",
  meaning: "which key stands at an index of a key stream",
  limitBytes: 16 + 4 + 16,
  tagged: false,
  codec: messageCodec({
    ksid: ksid(),
    index: u32("place in the stream"),
    keyId: hexBytes(16, "id of the key"),
  }),
});

/** A stream has ended. */
export const streamsClose = peerMessage({
  name: "streams.close",
  kind: 0xaa,
  from: "either",
  meaning: "a key stream has ended",
  limitBytes: 16,
  tagged: false,
  codec: messageCodec({ ksid: ksid() }),
});
