import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { EmulatorError, listenReason, QkdError, TransportError } from "../../errors/index.ts";
import { checkIdentity, readCertificates } from "../../trust/index.ts";
import type { AcceptConnection, Port, PortConnection } from "./port.ts";

/** Where to listen; port 0 takes a free one. */
export interface ListenAt {
  readonly host: string;
  readonly port: number;
}

const HANDSHAKE_MS = 5000;

/** Certificates of a TLS port, PEM. With `ca`, clients must present a certificate of that authority. */
export interface TlsCredentials {
  readonly cert: string | Uint8Array;
  readonly key: string | Uint8Array;
  readonly ca?: string | Uint8Array;
}

/** Listens for plain TCP clients. Throws TransportError QKD_EMULATOR_PORT when the address cannot be taken. */
export function listenTcp(at: ListenAt, accept: AcceptConnection): Promise<Port> {
  return listen("tcp", at, createServer({ noDelay: true }), "connection", accept);
}

/** Listens for TLS 1.3 clients. Also throws QKD_TRANSPORT_TLS for unusable credentials. */
export async function listenTls(
  at: ListenAt,
  credentials: TlsCredentials,
  accept: AcceptConnection,
): Promise<Port> {
  const { cert, key, ca } = credentials;
  let server: Server;
  try {
    checkIdentity({
      certificate: cert,
      certificateName: "cert",
      privateKey: key,
      privateKeyName: "key",
    });
    if (ca !== undefined) readCertificates(ca, "ca");
    server = createTlsServer({
      cert: text(cert),
      key: text(key),
      minVersion: "TLSv1.3",
      handshakeTimeout: HANDSHAKE_MS,
      noDelay: true,
      ...(ca === undefined ? {} : { ca: text(ca), requestCert: true, rejectUnauthorized: true }),
    });
  } catch (cause) {
    const wrong = cause instanceof QkdError ? cause : null;
    throw new TransportError(
      "QKD_TRANSPORT_TLS",
      `The certificate or key of the TLS port is unusable${wrong === null ? "" : `: ${wrong.message}`}`,
      wrong === null ? { cause } : { cause, remedy: wrong.remedy, context: wrong.context },
    );
  }
  // A handshake that takes too long is told here and nowhere ended.
  server.on("tlsClientError", (_, socket) => socket.destroy());
  return listen("tls", at, server, "secureConnection", accept);
}

const text = (pem: string | Uint8Array): string =>
  typeof pem === "string" ? pem : new TextDecoder().decode(pem);

async function listen(
  kind: "tcp" | "tls",
  at: ListenAt,
  server: Server,
  event: "connection" | "secureConnection",
  accept: AcceptConnection,
): Promise<Port> {
  const sockets = new Set<Socket>();
  server.on(event, (socket: Socket) => {
    serve(kind, socket, accept);
  });
  // Also sockets whose TLS handshake never finishes have to go when the port closes.
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  return portOf(await bind(kind, server, at), server, sockets);
}

/** A port that closes with all of its connections, once. Shared by every port on TCP. */
export function portOf(address: string, server: Server, sockets: ReadonlySet<Socket>): Port {
  let closing: Promise<void> | undefined;
  return {
    address,
    close: () => {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
      return closing;
    },
  };
}

/** Starts listening and returns the address that clients use. Shared by every port on TCP. */
export async function bind(scheme: string, server: Server, at: ListenAt): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: Error) =>
      reject(
        new EmulatorError(
          "QKD_EMULATOR_PORT",
          `Cannot listen on ${at.host}:${at.port}: ${listenReason(cause)}`,
          {
            cause,
            context: { host: at.host, port: at.port },
          },
        ),
      );
    server.once("error", failed);
    server.listen(at.port, at.host, () => {
      server.off("error", failed);
      server.on("error", () => {});
      resolve();
    });
  });
  const bound = server.address();
  if (bound === null || typeof bound === "string")
    throw new EmulatorError("QKD_EMULATOR_PORT", "No address bound");
  const host = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
  return `${scheme}://${host}:${bound.port}`;
}

/** Joins one socket with what serves it. Shared by every port on TCP. */
export function serve(kind: "tcp" | "tls", socket: Socket, accept: AcceptConnection): void {
  const connection: PortConnection = {
    name: `${kind} ${socket.remoteAddress ?? "?"}:${socket.remotePort ?? 0}`,
    kind,
    hangUpVisible: true,
    get pendingBytes() {
      return socket.writableLength;
    },
    write: (bytes, finished) => {
      if (!socket.writable) {
        finished?.();
        return;
      }
      // A frame is written in several pieces: corked, they leave in one system call.
      if (socket.writableCorked === 0) {
        socket.cork();
        process.nextTick(() => socket.uncork());
      }
      socket.write(bytes, finished);
    },
    close: () => {
      // What was written still goes out, unless the client does not take it.
      socket.destroySoon();
      setTimeout(() => socket.destroy(), 1000).unref();
    },
  };
  const handler = accept(connection);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Uint8Array) => handler.bytes(chunk));
  socket.on("drain", () => handler.drained());
  socket.once("close", () => handler.closed());
}
