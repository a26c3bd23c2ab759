import type { CallerOptions } from "../delivery/caller-rules.ts";
import type { DeliveryTls } from "../delivery/delivery-tls.ts";
import type { PeerCredentials } from "../peer/peer-credentials.ts";

/** Whom a site trusts and as whom it speaks; may be renewed while it runs. */
export interface SiteTrust {
  readonly credentials: PeerCredentials;
  /** Where the site serves ETSI GS QKD 014. */
  readonly delivery?: CallerOptions & { readonly tls: DeliveryTls };
}

/** Key delivery knows the certificates of both sites, which are no application's, where it is not told others. */
export function withSiteCertificates<Options extends CallerOptions>(
  delivery: Options,
  { certificate, peerIdentity }: PeerCredentials,
): Options {
  return {
    ownCertificates: certificate,
    ...(peerIdentity === undefined ? {} : { peerIdentity }),
    ...delivery,
  };
}
