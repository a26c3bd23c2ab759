import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { PeerError } from "../../errors/index.ts";
import {
  type AuthRecovery,
  type Combiner,
  checkPeerVersion,
  connectionHello,
  connectionProof,
  type KemName,
  PEER_MAGIC,
  PEER_PROTOCOL_VERSION,
  type SecretBytes,
} from "../../protocol/index.ts";
import { linkKeyOf, secretId } from "../pool/link-secret.ts";
import type { PairEnd } from "../pool/proposer.ts";

/** What both sides state before anything else. */
export interface PeerIntroduction {
  readonly site: "alice" | "bob";
  /** Its end of the pair of nodes; not said, since both know it by their names. Default: Alice proposes. */
  readonly end?: PairEnd;
  readonly linkId: string;
  /** What this site does when its authentication reserve is used up; default manual. */
  readonly authRecovery?: AuthRecovery;
  /** Key encapsulation of post-quantum keys; default ML-KEM-768. */
  readonly kem?: KemName;
  /** How hybrid keys are made; default kdf. */
  readonly combiner?: Combiner;
}

/** What both sites have to say alike, and what they say where nothing is set. */
const SETTLED = { authRecovery: "manual", kem: "ML-KEM-768", combiner: "kdf" } as const;

/** The site at the other end. */
export const OTHER_SITE = { alice: "bob", bob: "alice" } as const;

/**
 * The handshake inside TLS: each side introduces itself with a nonce, then proves knowledge of the pre-placed secret
 * by its link key, with HMAC-SHA-256 over both introductions and the TLS exporter (RFC 8446, 7.5), so that a proof cannot be relayed to
 * another connection.
 */
export class PeerHello {
  readonly ownBytes: Uint8Array;
  readonly #own: PeerIntroduction;
  readonly #key: Buffer;
  readonly #secretId: Uint8Array;
  readonly #exporter: Uint8Array;
  #peerBytes: Uint8Array | null = null;

  constructor(own: PeerIntroduction, secret: SecretBytes, exporter: Uint8Array) {
    this.#own = own;
    this.#exporter = exporter;
    const linkKey = linkKeyOf(secret.reveal());
    this.#key = Buffer.from(hkdfSync("sha256", linkKey, own.linkId, "qkdlink peer hello", 32));
    this.#secretId = secretId(secret.reveal());
    const hello = {
      magic: PEER_MAGIC,
      version: PEER_PROTOCOL_VERSION,
      site: own.site,
      linkId: own.linkId,
      nonce: new Uint8Array(randomBytes(32)),
      secretId: this.#secretId,
      ...settledBy(own),
    } as const;
    this.ownBytes = Buffer.concat(connectionHello.encode(hello));
  }

  /** Checks the other side's introduction and returns this side's proof. Throws PeerError. */
  answer(peerBytes: Uint8Array): readonly Uint8Array[] {
    if (this.#peerBytes !== null)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer introduced itself twice");
    checkPeerVersion(peerBytes);
    const peer = connectionHello.decode(peerBytes);
    if (peer.linkId !== this.#own.linkId)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer belongs to another link", {
        remedy: "give both sites the same link id",
      });
    if (peer.site !== OTHER_SITE[this.#own.site])
      throw new PeerError("QKD_PEER_PROTOCOL", `both sites say that they are ${this.#own.site}`, {
        remedy: "connect one site to the QTX and the other to the QRX",
      });
    if (!this.#secretId.every((byte, index) => peer.secretId[index] === byte))
      throw new PeerError("QKD_PEER_SECRET", "the two sites hold different pre-placed secrets", {
        context: { own: hex(this.#secretId), peer: hex(peer.secretId) },
        remedy: `place the same file at both sites: public id ${hex(this.#secretId)} here, ${hex(peer.secretId)} at the peer; qkdlink check prints it at either`,
      });
    const settled = settledBy(this.#own);
    for (const name of ["authRecovery", "kem", "combiner"] as const)
      if (peer[name] !== settled[name])
        throw new PeerError(
          "QKD_PEER_PROTOCOL",
          `${name} is ${settled[name]} at this site and ${peer[name]} at the peer`,
          { remedy: `give both sites the same ${name}` },
        );
    this.#peerBytes = peerBytes;
    return connectionProof.encode({ proof: this.#proof(this.#own.site, this.ownBytes, peerBytes) });
  }

  /** Checks the other side's proof. Throws PeerError with QKD_PEER_SECRET. */
  verify(body: Uint8Array): void {
    const { proof } = connectionProof.decode(body);
    if (this.#peerBytes === null)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer's proof came before its hello");
    const expected = this.#proof(OTHER_SITE[this.#own.site], this.#peerBytes, this.ownBytes);
    if (!timingSafeEqual(proof, expected))
      throw new PeerError("QKD_PEER_SECRET", "the peer does not know this link's pre-placed secret");
  }

  #proof(site: string, first: Uint8Array, second: Uint8Array): Buffer {
    const hmac = createHmac("sha256", this.#key).update(site);
    for (const part of [first, second, this.#exporter]) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      hmac.update(length).update(part);
    }
    return hmac.digest();
  }
}

function settledBy({ authRecovery, kem, combiner }: PeerIntroduction) {
  return {
    authRecovery: authRecovery ?? SETTLED.authRecovery,
    kem: kem ?? SETTLED.kem,
    combiner: combiner ?? SETTLED.combiner,
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
