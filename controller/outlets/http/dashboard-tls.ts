import type { TlsOptions } from "node:tls";
import {
  checkIdentity,
  FORWARD_SECRET_SUITES,
  readCertificates,
  readRevocations,
  revocationLists,
} from "../../../trust/index.ts";

/** Certificates of a listener beyond this machine, PEM. */
export interface DashboardTls {
  readonly cert: string;
  readonly key: string;
  /** Signs the certificates of those who may look without the token; without it nobody may by a certificate. */
  readonly ca?: string;
  /** Certificates that this authority took back. */
  readonly crl?: string;
}

/** ConfigError QKD_CONFIG_INVALID naming the member that is damaged, of another kind, or does not fit. */
export function checkDashboardTls({ cert, key, ca, crl }: DashboardTls): void {
  checkIdentity({
    certificate: cert,
    certificateName: "dashboard.certificate",
    privateKey: key,
    privateKeyName: "dashboard.privateKey",
  });
  if (ca !== undefined) readCertificates(ca, "dashboard.authority");
  if (crl !== undefined) readRevocations(crl, "dashboard.crl");
}

/** What the server is opened with. Who has no trusted certificate passes the handshake, and may show the token. */
export function dashboardTlsOptions({ cert, key, ca, crl }: DashboardTls): TlsOptions {
  return {
    cert,
    key,
    ...(ca === undefined ? {} : { ca }),
    ...(crl === undefined ? {} : { crl: revocationLists(crl) }),
    minVersion: "TLSv1.2",
    ciphers: FORWARD_SECRET_SUITES,
    requestCert: ca !== undefined,
    rejectUnauthorized: false,
  };
}
