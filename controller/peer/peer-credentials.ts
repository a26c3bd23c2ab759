import { maybe, type RulesOf, rule } from "../../options/index.ts";
import {
  type CertificateMatch,
  checkGroups,
  checkIdentity,
  matchKind,
  readCertificates,
  readRevocations,
} from "../../trust/index.ts";

/** PEM credentials of one site and the authority that signs both sites. */
export interface PeerCredentials {
  readonly certificate: string;
  readonly privateKey: string;
  readonly authority: string;
  /** Certificates that the authority took back, PEM. */
  readonly crl?: string;
  /** The other site's certificate; default: any that the authority signed, but for this site's own. */
  readonly peerIdentity?: CertificateMatch;
  /** Key exchange groups; the default is the ML-KEM hybrid alone, so that nothing weaker is ever negotiated. */
  readonly groups?: string;
}

const PEM = rule.anyText("PEM text");

export const CREDENTIALS_RULES: RulesOf<PeerCredentials> = {
  certificate: PEM,
  privateKey: PEM,
  authority: PEM,
  crl: maybe(PEM),
  peerIdentity: maybe(rule.anyObject),
  groups: maybe(rule.text("names of groups joined by colons")),
};

/** ConfigError QKD_CONFIG_INVALID naming the field for an authority without a certificate and for a key of another one. */
export function checkPeerCredentials({
  certificate,
  privateKey,
  authority,
  crl,
  groups,
  peerIdentity,
}: PeerCredentials): void {
  readCertificates(authority, "credentials.authority");
  if (crl !== undefined) readRevocations(crl, "credentials.crl");
  if (peerIdentity !== undefined) matchKind(peerIdentity, "credentials.peerIdentity");
  if (groups !== undefined) checkGroups(groups, "credentials.groups");
  checkIdentity({
    certificate,
    certificateName: "credentials.certificate",
    privateKey,
    privateKeyName: "credentials.privateKey",
  });
}
