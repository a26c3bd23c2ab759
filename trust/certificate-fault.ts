import type { X509Certificate } from "node:crypto";
import type { Pem } from "./pem-blocks.ts";
import { readCertificates } from "./read-certificates.ts";
import { NO_REVOCATIONS, type Revocations, readRevocations } from "./revocation-list.ts";

/** What certificates are judged by. */
export interface TrustRules {
  readonly authorities: readonly X509Certificate[];
  readonly revocations: Revocations;
  /** Equal for rules that were read from equal texts. */
  readonly source: string;
}

/** ConfigError QKD_CONFIG_INVALID naming what holds no certificate or no revocation list. */
export function trustRules(
  authority: { readonly pem: Pem; readonly name: string },
  crl: { readonly pem: Pem | undefined; readonly name: string },
): TrustRules {
  return {
    authorities: readCertificates(authority.pem, authority.name),
    revocations: crl.pem === undefined ? NO_REVOCATIONS : readRevocations(crl.pem, crl.name),
    source: JSON.stringify([String(authority.pem), String(crl.pem ?? "")]),
  };
}

/**
 * What is wrong with a certificate now, in words; null for nothing. TLS asks once, at the handshake, under `then`: time
 * goes on since, and authorities and revocation lists may have been renewed. Who vouched for it beside the authorities
 * themselves was seen by TLS alone, so that its word holds as long as the rules do.
 */
export function certificateFault(
  certificate: X509Certificate,
  now: TrustRules,
  then: TrustRules,
  nowMs: number,
): string | null {
  if (nowMs > certificate.validToDate.getTime()) return "has expired";
  if (nowMs < certificate.validFromDate.getTime()) return "is not valid yet";
  if (now.revocations.revokes(certificate)) return "is revoked";
  const signing = signersOf(certificate, now);
  if (signing.some((authority) => nowMs <= authority.validToDate.getTime())) return null;
  if (signing.length > 0) return "is signed by an authority that has expired";
  return now.source === then.source ? null : "is not signed by an authority that is trusted here";
}

/** Most certificates whose signers are remembered for one set of rules. */
const MOST_REMEMBERED = 4096;

/** Signers by the whole certificate's SHA-256: equal bytes were signed by the same keys, and checking takes a tenth of a millisecond. */
const found = new WeakMap<TrustRules, Map<string, readonly X509Certificate[]>>();

function signersOf(certificate: X509Certificate, rules: TrustRules): readonly X509Certificate[] {
  const remembered = found.get(rules) ?? new Map<string, readonly X509Certificate[]>();
  found.set(rules, remembered);
  const known = remembered.get(certificate.fingerprint256);
  if (known !== undefined) return known;
  const signers = rules.authorities.filter((authority) => signs(authority, certificate));
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(certificate.fingerprint256, signers);
  return signers;
}

function signs(authority: X509Certificate, certificate: X509Certificate): boolean {
  if (authority.fingerprint256 === certificate.fingerprint256) return true;
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}
