import type { PeerCertificate } from "node:tls";
import { TransportError } from "../../errors/index.ts";
import { plainHex } from "../../trust/index.ts";

type Linked = PeerCertificate & { readonly issuerCertificate?: Linked };

/** Longer chains are nobody's; a root names itself as its issuer. */
const LONGEST_CHAIN = 16;

/** TransportError QKD_TRANSPORT_TLS unless a certificate of the chain has one of the fingerprints; no pin asks nothing. */
export function pinFault(
  certificate: PeerCertificate,
  pins: readonly string[],
  host: string,
): TransportError | undefined {
  if (pins.length === 0) return undefined;
  const wanted = new Set(pins.map(plainHex));
  let at: Linked | undefined = certificate as Linked;
  for (let depth = 0; at !== undefined && depth < LONGEST_CHAIN; depth += 1) {
    if (wanted.has(plainHex(at.fingerprint256 ?? ""))) return undefined;
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate;
  }
  return new TransportError(
    "QKD_TRANSPORT_TLS",
    `${host}: no certificate of the server's chain has a pinned fingerprint`,
    { remedy: "find out who signed the server's certificate; renew the pin only if that was meant" },
  );
}
