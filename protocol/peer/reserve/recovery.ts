import { bool, count64, fixedBytes, redacted, u32 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

const number = () => u32("number of the round");
const place = (whose: string) => count64(`where the pads are to lie in both reserves, ${whose}`);
const mac = (what: string) => redacted(fixedBytes(32, `HMAC-SHA-256 ${what} (7.3)`));

/** Bob's reserve is used up. */
export const reserveWant = peerMessage({
  name: "reserve.want",
  kind: 0x90,
  from: "bob",
  meaning: "Bob's reserve is used up: asks for a round of recovery",
  limitBytes: 4,
  tagged: false,
  codec: messageCodec({ next: u32("lowest number of a round that is free at Bob") }),
});

/** Alice opens a round with fresh keys. */
export const reserveOffer = peerMessage({
  name: "reserve.offer",
  kind: 0x91,
  from: "alice",
  meaning: "opens a round of recovery with fresh keys",
  limitBytes: 4 + 8 + 1568 + 32 + 32,
  tagged: false,
  codec: messageCodec({
    number: number(),
    place: place("at least"),
    kemKey: fixedBytes(1568, "ML-KEM-1024 encapsulation key (FIPS 203)"),
    dhKey: fixedBytes(32, "Alice's X25519 public key (RFC 7748)"),
    mac: mac("of the offer under the link key"),
  }),
});

/** Bob's half, and the proof that he holds the same pads. */
export const reserveAnswer = peerMessage({
  name: "reserve.answer",
  kind: 0x92,
  from: "bob",
  meaning: "Bob's half of the round, and his proof that he holds the same pads",
  limitBytes: 4 + 8 + 1568 + 32 + 32,
  tagged: false,
  codec: messageCodec({
    number: number(),
    place: place("as settled"),
    ciphertext: redacted(fixedBytes(1568, "ML-KEM-1024 ciphertext (FIPS 203)")),
    dhKey: fixedBytes(32, "Bob's X25519 public key (RFC 7748)"),
    mac: mac("of the text bob under the proof key of the round"),
  }),
});

/** Alice holds the pads. */
export const reserveConfirm = peerMessage({
  name: "reserve.confirm",
  kind: 0x93,
  from: "alice",
  meaning: "Alice's proof; she holds the pads on disk and uses none yet",
  limitBytes: 4 + 32,
  tagged: false,
  codec: messageCodec({ number: number(), mac: mac("of the text alice under the proof key of the round") }),
});

/** Bob holds the pads. */
export const reserveHeld = peerMessage({
  name: "reserve.held",
  kind: 0x94,
  from: "bob",
  meaning: "whether Bob holds the pads of a round on disk",
  limitBytes: 4 + 1 + 4,
  tagged: false,
  codec: messageCodec({
    number: number(),
    held: bool("whether he does; if not, he never will"),
    next: u32("lowest number of a round that is free at Bob"),
  }),
});

/** Alice asks for the fate of a round that an earlier connection left. */
export const reserveQuery = peerMessage({
  name: "reserve.query",
  kind: 0x95,
  from: "alice",
  meaning: "asks whether Bob holds the pads of a round",
  limitBytes: 4,
  tagged: false,
  codec: messageCodec({ number: number() }),
});
