import { bytes16, choice, count64, fixedBytes, hexBytes, redacted, u32 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

const blockId = () => hexBytes(16, "id of the block that the round makes");

/** Alice opens a round with a fresh ML-KEM public key. */
export const pqcOffer = peerMessage({
  name: "pqc.offer",
  kind: 0x41,
  from: "alice",
  meaning: "opens a round with a fresh ML-KEM key",
  limitBytes: 16 + 4 + 8 + 4 + 1 + 2 + 1568,
  tagged: false,
  codec: messageCodec({
    blockId: blockId(),
    sequence: u32("number of the block"),
    createdAtMs: count64("when the block was made, Unix time"),
    blockBytes: u32("key bytes of the block"),
    kem: choice({ "ML-KEM-768": 0, "ML-KEM-1024": 1 }, "key encapsulation of this round"),
    publicKey: bytes16("encapsulation key (FIPS 203)"),
  }),
});

/** Bob's ciphertext, and the proof that he holds the same keys. */
export const pqcAnswer = peerMessage({
  name: "pqc.answer",
  kind: 0x42,
  from: "bob",
  meaning: "Bob's ciphertext, and his proof that he holds the same keys",
  limitBytes: 16 + 2 + 1568 + 32,
  tagged: false,
  codec: messageCodec({
    blockId: blockId(),
    ciphertext: redacted(bytes16("ciphertext (FIPS 203)")),
    mac: redacted(fixedBytes(32, "HMAC-SHA-256 of the text bob under the proof key of the exchange (7.2)")),
  }),
});

/** Alice's proof that she holds the same keys. */
export const pqcConfirm = peerMessage({
  name: "pqc.confirm",
  kind: 0x43,
  from: "alice",
  meaning: "Alice's proof that she holds the same keys",
  limitBytes: 16 + 32,
  tagged: false,
  codec: messageCodec({
    blockId: blockId(),
    mac: redacted(fixedBytes(32, "HMAC-SHA-256 of the text alice under the proof key of the exchange (7.2)")),
  }),
});

/** Bob cannot take an offer. */
export const pqcRefuse = peerMessage({
  name: "pqc.refuse",
  kind: 0x44,
  from: "bob",
  meaning: "Bob cannot take this offer",
  limitBytes: 16 + 4,
  tagged: false,
  codec: messageCodec({
    blockId: blockId(),
    nextSequence: u32("the lowest block number that the next offer may have"),
  }),
});
