import type { X509Certificate } from "node:crypto";
import {
  type CertificateMatch,
  matchKind,
  type Pem,
  readCertificates,
  type TrustRules,
  trustRules,
} from "../../trust/index.ts";
import { completePolicy, type DeliveryPolicy } from "./delivery-policy.ts";
import type { DeliveryTls } from "./delivery-tls.ts";
import { type SaeEntry, SaeRegistry } from "./sae-registry.ts";

/** Who is served, and as whom; may be renewed while the server runs. */
export interface CallerOptions {
  readonly policy?: Partial<DeliveryPolicy>;
  /** The SAEs that are served, and what each may ask; without it every SAE that the policy allows. */
  readonly saes?: readonly SaeEntry[];
  /** Certificates of other sites, which are no SAE's. */
  readonly peerIdentity?: CertificateMatch | readonly CertificateMatch[];
  /** Certificates of this site beside `tls.cert`; they are no SAE's either. */
  readonly ownCertificates?: Pem;
}

/** The same, read and checked. */
export interface CallerRules {
  readonly policy: DeliveryPolicy;
  readonly registry: SaeRegistry | null;
  readonly trust: TrustRules;
  readonly peers: readonly CertificateMatch[];
  readonly own: readonly X509Certificate[];
  /** Names of KMEs: no SAE is called so. */
  readonly kmeIds: readonly string[];
}

/** ConfigError QKD_CONFIG_INVALID naming what is impossible. */
export function callerRules(
  { policy, saes, peerIdentity, ownCertificates }: CallerOptions,
  tls: DeliveryTls,
  kmeIds: readonly string[],
): CallerRules {
  const full = completePolicy(policy);
  const peers = [peerIdentity ?? []].flat();
  for (const peer of peers) matchKind(peer, "delivery.peerIdentity");
  return {
    policy: full,
    registry: saes === undefined ? null : new SaeRegistry(saes, full),
    trust: trustRules({ pem: tls.ca, name: "delivery.tls.ca" }, { pem: tls.crl, name: "delivery.tls.crl" }),
    peers,
    own: [
      ...readCertificates(tls.cert, "delivery.tls.cert").slice(0, 1),
      ...(ownCertificates === undefined
        ? []
        : readCertificates(ownCertificates, "delivery.ownCertificates").slice(0, 1)),
    ],
    kmeIds,
  };
}
