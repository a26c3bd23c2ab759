import { PeerError } from "../../../errors/index.ts";
import { checkArgument, rule } from "../../../options/index.ts";
import { choice, fixedBytes, letters, text8, u16 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";

/** Version of the messages between controllers that this package speaks. */
export const PEER_PROTOCOL_VERSION = 5;

/** Bytes of the public id of a pre-placed secret. */
export const SECRET_ID_BYTES = 10;

/** What a site does when its authentication reserve is used up. */
export type AuthRecovery = "manual" | "computational";

/** Key encapsulation by which post-quantum keys are made (FIPS 203). */
export type KemName = "ML-KEM-768" | "ML-KEM-1024";

/**
 * How a quantum key and a post-quantum key become a hybrid one: through one key derivation, or bit by bit, which keeps the
 * information-theoretic secrecy of the quantum key.
 */
export type Combiner = "kdf" | "xor";

/** Letters that every hello begins with. */
export const PEER_MAGIC = "QKDP";
/** Version 1 began with JSON text: {"version":1,... */
const VERSION_1_START = 0x7b;

/**
 * First message of both sides. Its kind, its first six bytes and its limit stay what they are in every later version,
 * so that a foreign version can be named.
 */
export const connectionHello = peerMessage({
  name: "connection.hello",
  kind: 0x01,
  from: "either",
  meaning: "who the sender is; the first message of both sides",
  limitBytes: 4096,
  tagged: false,
  codec: messageCodec({
    magic: letters(PEER_MAGIC, `the letters ${PEER_MAGIC}`),
    version: u16("version of the peer protocol that the sender speaks"),
    site: choice({ alice: 0, bob: 1 }, "the sender's site"),
    linkId: text8("name of the link"),
    nonce: fixedBytes(32, "drawn at random for this connection"),
    secretId: fixedBytes(SECRET_ID_BYTES, "public id of the sender's pre-placed secret (4.2)"),
    authRecovery: choice(
      { manual: 0, computational: 1 },
      "what the sender does when its authentication reserve is used up (7.3)",
    ),
    kem: choice(
      { "ML-KEM-768": 0, "ML-KEM-1024": 1 },
      "key encapsulation of the post-quantum exchange (7.1)",
    ),
    combiner: choice({ kdf: 0, xor: 1 }, "how hybrid keys are made of both kinds (7.8)"),
  }),
});

/** Throws PeerError QKD_PEER_PROTOCOL, naming both versions, unless a hello is of the version `own`. */
export function checkPeerVersion(body: Uint8Array, own = PEER_PROTOCOL_VERSION): void {
  const peer = peerVersion(body);
  if (peer === own) return;
  throw new PeerError(
    "QKD_PEER_PROTOCOL",
    `the peer speaks version ${peer} of the peer protocol, this site speaks version ${own}`,
    { context: { peer, own }, remedy: "update the older of the two controllers" },
  );
}

/**
 * Version that the sender of a hello speaks, whatever else its body holds. Throws PeerError QKD_PEER_PROTOCOL for a body
 * that is no hello of any version.
 */
export function peerVersion(body: Uint8Array): number {
  checkArgument("body", body, rule.bytes);
  if (body[0] === VERSION_1_START) return 1;
  const isHello = [...PEER_MAGIC].every((letter, index) => body[index] === letter.charCodeAt(0));
  if (!isHello || body.length < 6)
    throw new PeerError("QKD_PEER_PROTOCOL", "the peer's connection.hello message is of no known protocol", {
      context: { message: "connection.hello", bodyBytes: body.length },
      remedy: "check that the peer's address is that of a qkdlink controller",
    });
  return ((body[4] as number) << 8) | (body[5] as number);
}
