import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { PeerError } from "../../errors/index.ts";
import type { SecretBytes } from "../../protocol/index.ts";

/** Version of the messages between controllers. */
export const PEER_PROTOCOL_VERSION = 1;

/** What both sides state before anything else. */
export interface PeerIntroduction {
  readonly site: "alice" | "bob";
  readonly linkId: string;
}

const OTHER_SITE = { alice: "bob", bob: "alice" } as const;

/**
 * The handshake inside TLS: each side introduces itself with a nonce, then proves knowledge of the pre-placed secret
 * by HMAC-SHA-256 over both introductions and the TLS exporter (RFC 8446, 7.5), so that a proof cannot be relayed to
 * another connection.
 */
export class PeerHello {
  readonly ownBytes: Uint8Array;
  readonly #own: PeerIntroduction;
  readonly #key: Buffer;
  readonly #exporter: Uint8Array;
  #peerBytes: Uint8Array | null = null;

  constructor(own: PeerIntroduction, secret: SecretBytes, exporter: Uint8Array) {
    this.#own = own;
    this.#exporter = exporter;
    this.#key = Buffer.from(hkdfSync("sha256", secret.reveal(), own.linkId, "qkdlink peer hello", 32));
    this.ownBytes = Buffer.from(
      JSON.stringify({ version: PEER_PROTOCOL_VERSION, ...own, nonce: randomBytes(32).toString("hex") }),
    );
  }

  /** Checks the other side's introduction and returns this side's proof. Throws PeerError. */
  answer(peerBytes: Uint8Array): Uint8Array {
    const peer = parseIntroduction(peerBytes);
    if (peer.version !== PEER_PROTOCOL_VERSION)
      throw new PeerError(
        "QKD_PEER_PROTOCOL",
        `the peer speaks version ${peer.version} of the peer protocol`,
        {
          context: { own: PEER_PROTOCOL_VERSION },
        },
      );
    if (peer.linkId !== this.#own.linkId)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer belongs to another link", {
        remedy: "give both sites the same link id",
      });
    if (peer.site !== OTHER_SITE[this.#own.site])
      throw new PeerError("QKD_PEER_PROTOCOL", `both sites say that they are ${this.#own.site}`, {
        remedy: "connect one site to the QTX and the other to the QRX",
      });
    this.#peerBytes = peerBytes;
    return this.#proof(this.#own.site, this.ownBytes, peerBytes);
  }

  /** Checks the other side's proof. Throws PeerError with QKD_PEER_SECRET. */
  verify(proof: Uint8Array): void {
    if (this.#peerBytes === null)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer's proof came before its hello");
    const expected = this.#proof(OTHER_SITE[this.#own.site], this.#peerBytes, this.ownBytes);
    if (proof.length !== expected.length || !timingSafeEqual(proof, expected))
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

function parseIntroduction(bytes: Uint8Array): PeerIntroduction & { readonly version: number } {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (cause) {
    throw new PeerError("QKD_PEER_PROTOCOL", "the peer's hello is not readable", { cause });
  }
  const { version, site, linkId, nonce } = (value ?? {}) as Record<string, unknown>;
  const valid =
    typeof version === "number" &&
    (site === "alice" || site === "bob") &&
    typeof linkId === "string" &&
    typeof nonce === "string" &&
    nonce.length === 64;
  if (!valid) throw new PeerError("QKD_PEER_PROTOCOL", "the peer's hello lacks fields");
  return { version, site, linkId };
}
