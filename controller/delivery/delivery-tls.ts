import type { TlsOptions } from "node:tls";
import {
  checkGroups,
  checkIdentity,
  FORWARD_SECRET_SUITES,
  readCertificates,
  readRevocations,
  revocationLists,
} from "../../trust/index.ts";

/** PEM texts of the server and of the authority that signs SAE certificates. */
export interface DeliveryTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  readonly ca: string | Buffer;
  /** Revoked SAE certificates. */
  readonly crl?: string | Buffer;
  /**
   * Key exchange groups in order, names of OpenSSL joined by colons; default: the ML-KEM hybrid, then elliptic curves.
   * Groups with ML-KEM alone refuse every caller without it, and TLS 1.2 with them.
   */
  readonly groups?: string;
  /** Default TLSv1.2, with forward secrecy and authenticated encryption alone. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
}

const DEFAULT_GROUPS = "X25519MLKEM768:X25519:prime256v1:secp384r1";

/** ConfigError QKD_CONFIG_INVALID naming the member that is empty, damaged, of another kind, or does not fit. */
export function checkDeliveryTls({ cert, key, ca, crl, groups }: DeliveryTls): void {
  readCertificates(ca, "delivery.tls.ca");
  if (crl !== undefined) readRevocations(crl, "delivery.tls.crl");
  if (groups !== undefined) checkGroups(groups, "delivery.tls.groups");
  checkIdentity({
    certificate: cert,
    certificateName: "delivery.tls.cert",
    privateKey: key,
    privateKeyName: "delivery.tls.key",
  });
}

/**
 * What the server is opened with. Callers without a trusted certificate pass the handshake, so that they are told why
 * they get no key.
 */
export function deliveryTlsOptions(tls: DeliveryTls): TlsOptions {
  return {
    cert: tls.cert,
    key: tls.key,
    ca: tls.ca,
    ...(tls.crl === undefined ? {} : { crl: revocationLists(tls.crl) }),
    minVersion: tls.minVersion ?? "TLSv1.2",
    ciphers: FORWARD_SECRET_SUITES,
    ecdhCurve: tls.groups ?? DEFAULT_GROUPS,
    requestCert: true,
    rejectUnauthorized: false,
  };
}
