import { isIP } from "node:net";
import { connect } from "node:tls";
import { QkdError, TransportError } from "../../errors/index.ts";
import { checkIdentity, readCertificates } from "../../trust/index.ts";
import { type ConnectLimits, socketReady } from "./socket-connect.ts";
import { normalizeSocketError } from "./socket-errors.ts";
import { type SocketReader, socketTransport } from "./socket-transport.ts";
import type { TlsCredentials } from "./tls-credentials.ts";
import type { Transport } from "./transport.ts";

/** Connects over TLS 1.3. */
export async function openTls(
  name: string,
  target: { readonly host: string; readonly port: number },
  credentials: TlsCredentials,
  limits: ConnectLimits,
): Promise<Transport> {
  const label = { kind: "tls", name } as const;
  const reader: SocketReader = { onChunk: () => {} };
  const serverName = credentials.serverName ?? (isIP(target.host) === 0 ? target.host : undefined);
  checkCredentials(credentials, name);
  let socket: ReturnType<typeof connect>;
  try {
    socket = connect({
      host: target.host,
      port: target.port,
      minVersion: "TLSv1.3",
      rejectUnauthorized: true,
      ...(credentials.ca === undefined ? {} : { ca: [credentials.ca].flat() }),
      ...(credentials.cert === undefined ? {} : { cert: credentials.cert }),
      ...(credentials.key === undefined ? {} : { key: credentials.key }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    });
  } catch (cause) {
    // Unreadable PEM throws at once.
    throw normalizeSocketError(cause, label, "open");
  }
  await socketReady(label, socket, "secureConnect", limits);
  socket.pause();
  socket.on("data", (chunk: Uint8Array) => reader.onChunk(chunk));
  socket.pause();
  return socketTransport(label, socket, reader);
}

/** An authority without a certificate would let any public authority vouch for the device. */
function checkCredentials({ ca, cert, key }: TlsCredentials, address: string): void {
  try {
    if (ca !== undefined) readCertificates(ca, "tls.ca");
    if (cert !== undefined || key !== undefined)
      checkIdentity({
        certificate: cert,
        certificateName: "tls.cert",
        privateKey: key,
        privateKeyName: "tls.key",
      });
  } catch (cause) {
    if (!(cause instanceof QkdError)) throw cause;
    const { message, remedy, context } = cause;
    throw new TransportError("QKD_TRANSPORT_TLS", message, {
      cause,
      remedy,
      context: { ...context, address },
    });
  }
}
