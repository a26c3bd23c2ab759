import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { PeerError } from "../../errors/index.ts";
import {
  certificateFault,
  matchesCertificate,
  namesOf,
  readCertificates,
  type TrustRules,
  trustRules,
} from "../../trust/index.ts";
import { checkPeerCredentials, type PeerCredentials } from "./peer-credentials.ts";

/** Whose certificate is the other site's: now, and as long as a connection stands. */
export class PeerTrust {
  #credentials: PeerCredentials;
  #rules: TrustRules;
  #own: readonly X509Certificate[];

  /** ConfigError for unusable credentials. */
  constructor(credentials: PeerCredentials) {
    checkPeerCredentials(credentials);
    this.#credentials = credentials;
    this.#rules = rulesOf(credentials);
    this.#own = readCertificates(credentials.certificate, "credentials.certificate").slice(0, 1);
  }

  get credentials(): PeerCredentials {
    return this.#credentials;
  }

  /** From now on these count. ConfigError, and nothing changed, for unusable ones. */
  renew(credentials: PeerCredentials): void {
    const renewed = new PeerTrust(credentials);
    this.#credentials = credentials;
    this.#rules = renewed.#rules;
    this.#own = renewed.#own;
  }

  /** Judges the certificate of a connection whose handshake is over, each time it is called: null while it is right. */
  watch(socket: TLSSocket): () => PeerError | null {
    const leaf = socket.getPeerX509Certificate();
    const then = this.#rules;
    return () => {
      const fault = leaf === undefined ? "is missing" : this.#fault(leaf, then);
      if (fault === null) return null;
      return new PeerError("QKD_PEER_CERTIFICATE", `the certificate of the peer ${fault}`, {
        context: { fingerprint: leaf?.fingerprint256 },
        remedy: "give the other site a certificate that this site's peer settings name and trust",
      });
    };
  }

  #fault(leaf: X509Certificate, then: TrustRules): string | null {
    const { peerIdentity } = this.#credentials;
    if (this.#own.some((own) => own.publicKey.equals(leaf.publicKey))) return "is this site's own";
    if (peerIdentity !== undefined && !matchesCertificate(peerIdentity, namesOf(leaf)))
      return "is not the other site's";
    return certificateFault(leaf, this.#rules, then, Date.now());
  }
}

function rulesOf({ authority, crl }: PeerCredentials): TrustRules {
  return trustRules({ pem: authority, name: "credentials.authority" }, { pem: crl, name: "credentials.crl" });
}
