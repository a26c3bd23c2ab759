// By name these would keep an older Node.js from saying that it is one.
import * as crypto from "node:crypto";
import {
  createHash,
  createHmac,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from "node:crypto";
import { PeerError } from "../../../errors/index.ts";
import type { PeerValueOf, reserveAnswer, reserveOffer } from "../../../protocol/index.ts";
import { deriver, RawPublicKeys } from "../key-exchange-parts.ts";

/** Bytes of pads that a round brings to each direction: 256 blocks' worth. */
export const RECOVERED_BYTES = 8192;

const ALGORITHMS = "ML-KEM-1024+X25519|HKDF-SHA-512";
/** DER in front of the raw public keys (RFC 9935, RFC 8410). */
const KEM_KEYS = new RawPublicKeys("30820632300b06096086480165030404030382062100");
const DH_KEYS = new RawPublicKeys("302a300506032b656e032100");

type Offer = PeerValueOf<typeof reserveOffer>;
type Answer = PeerValueOf<typeof reserveAnswer>;

/** What both sites know of a link beforehand. */
export interface RecoveryLink {
  readonly linkId: string;
  /** The link key of the pre-placed secret: salt of the exchange, and key of the offer's proof. */
  readonly linkKey: Uint8Array;
}

/** Alice's private half of a round. */
export interface RecoveryKeys {
  readonly kem: KeyObject;
  readonly dh: KeyObject;
}

/** What a round gives: pads of both directions, Alice to Bob first, and one proof per site. */
export interface RecoveredPads {
  readonly material: Uint8Array;
  readonly bobProof: Uint8Array;
  readonly aliceProof: Uint8Array;
}

/** Alice's side: fresh keys for a round. */
export function newOffer(
  link: RecoveryLink,
  round: { readonly number: number; readonly place: number },
): { readonly offer: Offer; readonly keys: RecoveryKeys } {
  const kem = generateKeyPairSync("ml-kem-1024");
  const dh = generateKeyPairSync("x25519");
  const unproved = {
    ...round,
    kemKey: KEM_KEYS.of(kem.publicKey),
    dhKey: DH_KEYS.of(dh.publicKey),
  };
  return {
    offer: { ...unproved, mac: offerProof(link, unproved) },
    keys: { kem: kem.privateKey, dh: dh.privateKey },
  };
}

/** Whether an offer is of one who knows the link key. */
export function offerHolds(link: RecoveryLink, offer: Offer): boolean {
  return timingSafeEqual(offerProof(link, offer), offer.mac);
}

/** Bob's side. `place`: where the pads are to lie. PeerError when the offered keys are none. */
export function answerOffer(
  link: RecoveryLink,
  offer: Offer,
  place: number,
): { readonly answer: Answer; readonly pads: RecoveredPads } {
  try {
    const kem = crypto.encapsulate(KEM_KEYS.read(offer.kemKey));
    const dh = generateKeyPairSync("x25519");
    const dhSecret = diffieHellman({
      privateKey: dh.privateKey,
      publicKey: DH_KEYS.read(offer.dhKey),
    });
    const half = {
      number: offer.number,
      place,
      ciphertext: new Uint8Array(kem.ciphertext),
      dhKey: DH_KEYS.of(dh.publicKey),
    };
    const pads = padsOf(link, offer, half, kem.sharedKey, dhSecret);
    return { answer: { ...half, mac: pads.bobProof }, pads };
  } catch (cause) {
    throw new PeerError("QKD_PEER_PROTOCOL", "recovery of the reserve: the peer offered no valid keys", {
      cause,
    });
  }
}

/** Alice's side: opens the answer. A forged half gives other pads, which the proofs then show. */
export function openAnswer(
  link: RecoveryLink,
  offer: Offer,
  { kem, dh }: RecoveryKeys,
  answer: Answer,
): RecoveredPads {
  try {
    const dhSecret = diffieHellman({ privateKey: dh, publicKey: DH_KEYS.read(answer.dhKey) });
    return padsOf(link, offer, answer, crypto.decapsulate(kem, answer.ciphertext), dhSecret);
  } catch (cause) {
    throw new PeerError("QKD_PEER_PROTOCOL", "recovery of the reserve: the peer's answer does not open", {
      cause,
    });
  }
}

function offerProof(link: RecoveryLink, offer: Omit<Offer, "mac">): Uint8Array {
  const key = hkdfSync("sha512", link.linkKey, link.linkId, "qkdlink reserve offer", 32);
  const { number, place, kemKey, dhKey } = offer;
  const told = JSON.stringify([number, place, hash(kemKey), hash(dhKey)]);
  return new Uint8Array(createHmac("sha256", Buffer.from(key)).update(told).digest());
}

/**
 * HKDF-SHA-512 over both shared secrets, salted with the link key, the whole transcript in the info: whoever breaks one
 * of the two exchanges alone, or knows the link key alone, learns nothing.
 */
function padsOf(
  { linkId, linkKey }: RecoveryLink,
  offer: Omit<Offer, "mac">,
  answer: Omit<Answer, "mac">,
  kemSecret: Buffer,
  dhSecret: Buffer,
): RecoveredPads {
  const transcript = JSON.stringify([
    "qkdlink/1 reserve",
    ALGORITHMS,
    linkId,
    offer.number,
    offer.place,
    answer.place,
    hash(offer.kemKey),
    hash(offer.dhKey),
    hash(answer.ciphertext),
    hash(answer.dhKey),
  ]);
  const input = Buffer.concat([kemSecret, dhSecret]);
  const derive = deriver({ hash: "sha512", secret: input, salt: linkKey, transcript });
  const material = new Uint8Array(2 * RECOVERED_BYTES);
  for (const [index, label] of ["to bob", "to alice"].entries()) {
    const pads = derive(label, RECOVERED_BYTES);
    material.set(pads, index * RECOVERED_BYTES);
    pads.fill(0);
  }
  const proofKey = derive("proof", 64);
  const proof = (site: string) => new Uint8Array(createHmac("sha256", proofKey).update(site).digest());
  const pads = { material, bobProof: proof("bob"), aliceProof: proof("alice") };
  for (const secret of [kemSecret, dhSecret, input, proofKey]) secret.fill(0);
  return pads;
}

function hash(bytes: Uint8Array): string {
  return createHash("sha512").update(bytes).digest("hex");
}
