// By name these would keep an older Node.js from saying that it is one.
import * as crypto from "node:crypto";
import { createHash, createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { PeerError } from "../../../errors/index.ts";
import type { KemName, PeerValueOf, pqcOffer } from "../../../protocol/index.ts";
import { deriver, RawPublicKeys } from "../key-exchange-parts.ts";

/** Key bytes that one ML-KEM exchange yields at most: HKDF-SHA-384 ends at 255 x 48 bytes; whole 64-byte pairs. */
export const MAX_PQC_BLOCK_BYTES = 12_224;

/** By name: what OpenSSL calls it, and the DER in front of its raw public keys (RFC 9935). */
const KEMS = {
  "ML-KEM-768": {
    kind: "ml-kem-768",
    keyBytes: 1184,
    keys: new RawPublicKeys("308204b2300b0609608648016503040402038204a100"),
  },
  "ML-KEM-1024": {
    kind: "ml-kem-1024",
    keyBytes: 1568,
    keys: new RawPublicKeys("30820632300b06096086480165030404030382062100"),
  },
} as const;

type PqcOffer = PeerValueOf<typeof pqcOffer>;

/** What both sites know of a link beforehand. */
export interface PqcLink {
  readonly linkId: string;
  /** The link key of the pre-placed secret; it authenticates the exchange beside the TLS channel. */
  readonly linkKey: Uint8Array;
}

/** Keys of one exchange: the block, and one proof per site. */
export interface PqcKeys {
  readonly block: Uint8Array;
  readonly bobProof: Uint8Array;
  readonly aliceProof: Uint8Array;
}

/** A fresh key pair: the private key, and the public key as raw bytes. */
export function newKemPair(kem: KemName): { readonly privateKey: KeyObject; readonly publicKey: Uint8Array } {
  const { kind, keys } = KEMS[kem];
  const pair = kind === "ml-kem-768" ? generateKeyPairSync(kind) : generateKeyPairSync(kind);
  return { privateKey: pair.privateKey, publicKey: keys.of(pair.publicKey) };
}

/** Bob's side: encapsulates to the offered key. PeerError when it is no key of the algorithm offered. */
export function answerOffer(link: PqcLink, offer: PqcOffer): { ciphertext: Uint8Array; keys: PqcKeys } {
  const { keys: raw, keyBytes } = KEMS[offer.kem];
  // OpenSSL would take the beginning of a longer key.
  if (offer.publicKey.length !== keyBytes)
    throw new PeerError("QKD_PEER_PROTOCOL", `the peer offered no valid ${offer.kem} key`);
  let result: { sharedKey: Buffer; ciphertext: Buffer };
  try {
    result = crypto.encapsulate(raw.read(offer.publicKey));
  } catch (cause) {
    throw new PeerError("QKD_PEER_PROTOCOL", `the peer offered no valid ${offer.kem} key`, { cause });
  }
  return {
    ciphertext: result.ciphertext,
    keys: deriveKeys(link, offer, result.ciphertext, result.sharedKey),
  };
}

/** Alice's side: opens the answer. A forged ciphertext gives other keys, which the proofs then show. */
export function openAnswer(
  link: PqcLink,
  offer: PqcOffer,
  privateKey: KeyObject,
  ciphertext: Uint8Array,
): PqcKeys {
  try {
    return deriveKeys(link, offer, ciphertext, crypto.decapsulate(privateKey, ciphertext));
  } catch (cause) {
    throw new PeerError("QKD_PEER_PROTOCOL", `the peer's ${offer.kem} answer does not open`, { cause });
  }
}

/**
 * HKDF-SHA-384 with the pre-placed link key as salt and the whole transcript in the info: label, algorithms, link,
 * block, times, lengths, hashes of public key and ciphertext. The inputs have fixed lengths or length prefixes.
 */
function deriveKeys(link: PqcLink, offer: PqcOffer, ciphertext: Uint8Array, shared: Buffer): PqcKeys {
  const hash = (bytes: Uint8Array) => createHash("sha384").update(bytes).digest("hex");
  const { blockId, sequence, createdAtMs, blockBytes, kem, publicKey } = offer;
  const transcript = JSON.stringify([
    "qkdlink/1 pqc",
    `${kem}|HKDF-SHA-384`,
    link.linkId,
    blockId,
    sequence,
    createdAtMs,
    blockBytes,
    hash(publicKey),
    hash(ciphertext),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(shared.length);
  const input = Buffer.concat([length, shared]);
  const derive = deriver({ hash: "sha384", secret: input, salt: link.linkKey, transcript });
  const proofKey = derive("proof", 48);
  const proof = (site: string) => createHmac("sha256", proofKey).update(site).digest();
  const keys = { block: derive("block", blockBytes), bobProof: proof("bob"), aliceProof: proof("alice") };
  for (const secret of [shared, input, proofKey]) secret.fill(0);
  return keys;
}
