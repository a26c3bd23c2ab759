/** What OpenSSL writes of a failed handshake: numbers and places in its own source around the one part that says why. */
const OPENSSL = /error:[0-9A-F]+:SSL routines:[^:]*:([^:]+):/;

/** Why a connection failed, in one line without the insides of OpenSSL. */
export function handshakeReason({ message, code }: Error & { readonly code?: string }): string {
  const [, reason] = OPENSSL.exec(message) ?? [];
  if (reason === "wrong version number" || reason === "packet length too long")
    return "what answers there speaks no TLS";
  if (reason !== undefined) return `the TLS handshake failed, ${reason}`;
  return message || code || "the connection failed";
}
