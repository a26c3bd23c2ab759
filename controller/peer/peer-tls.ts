import { connect, createServer, type Server, type TLSSocket } from "node:tls";
import { listenReason, PeerError, TransportError } from "../../errors/index.ts";
import { checkArgument, checkOptions, maybe, rule } from "../../options/index.ts";
import { revocationLists } from "../../trust/index.ts";
import type { RawSockets } from "../listener/raw-sockets.ts";
import { CREDENTIALS_RULES, checkPeerCredentials, type PeerCredentials } from "./peer-credentials.ts";

/** Host and port of a `tls://` address. */
export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

const ADDRESS = rule.like({ host: rule.text("a host"), port: rule.whole(0, 65_535) }, "a host and a port");
const SIGNAL = maybe(rule.instance(AbortSignal, "an AbortSignal"));

/** Reads `tls://host:port`. Throws TransportError. */
export function parsePeerAddress(address: string): PeerAddress {
  checkArgument("address", address, rule.anyText("tls://host:port"));
  const match = /^tls:\/\/(\[[0-9a-fA-F:]+\]|[^/:?#]+):(\d{1,5})$/.exec(address);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port > 65535)
    throw new TransportError("QKD_TRANSPORT_ADDRESS", `"${address}" is not a peer address`, {
      remedy: "use tls://host:port",
    });
  return { host: match[1].replace(/^\[|\]$/g, ""), port };
}

/** Codes of verification (X509_V_ERR_ without its beginning), and alerts by which the other side refuses a certificate. */
const CERTIFICATE =
  /CERT|SELF_SIGNED|UNABLE_TO|ISSUER|CRL_|_CA$|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|KEY_USAGE|EE_KEY|CA_MD|CA_KEY|ACCESS_DENIED/;

function tlsOptions(credentials: PeerCredentials) {
  return {
    minVersion: "TLSv1.3" as const,
    maxVersion: "TLSv1.3" as const,
    cert: credentials.certificate,
    key: credentials.privateKey,
    ca: credentials.authority,
    ...(credentials.crl === undefined ? {} : { crl: revocationLists(credentials.crl) }),
    ecdhCurve: credentials.groups ?? "X25519MLKEM768",
    requestCert: true,
    rejectUnauthorized: true,
  };
}

/** Sockets that passed the mutual certificate check go to `accept`, failures to `refuse`. */
export async function listenForPeer(
  address: PeerAddress,
  credentials: PeerCredentials,
  sockets: RawSockets,
  accept: (socket: TLSSocket) => void,
  refuse: (error: PeerError) => void,
): Promise<Server> {
  // Unauthorised sockets are let through the handshake so that the reason of their refusal is known here.
  const server = createServer({ ...tlsOptions(credentials), rejectUnauthorized: false }, (socket) => {
    if (socket.authorized) return accept(socket);
    const code = String(socket.authorizationError);
    socket.on("error", () => {}).destroy();
    refuse(handshakeError(Object.assign(new Error("unauthorised peer certificate"), { code })));
  });
  server.on("tlsClientError", (cause) => refuse(handshakeError(cause)));
  sockets.watch(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new TransportError(
          "QKD_TRANSPORT_OPEN",
          `cannot listen on ${address.host}:${address.port}: ${listenReason(cause)}`,
          {
            cause,
            remedy: "choose a free port",
          },
        ),
      ),
    );
    server.listen(address.port, address.host, resolve);
  });
  server.removeAllListeners("error").on("error", (cause) => refuse(handshakeError(cause)));
  return server;
}

/** Later handshakes use these; connections that stand go on. */
export function renewPeerServer(server: Server, credentials: PeerCredentials): void {
  server.setSecureContext(tlsOptions(credentials));
}

/**
 * Resolves with a socket whose server proved itself against the authority. Rejects with PeerError, with ConfigError for
 * credentials that are none.
 */
export function dialPeer(
  address: PeerAddress,
  credentials: PeerCredentials,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    checkArgument("address", address, ADDRESS);
    checkOptions("the credentials of dialPeer", credentials, CREDENTIALS_RULES);
    checkPeerCredentials(credentials);
    checkArgument("timeoutMs", timeoutMs, rule.wait());
    checkArgument("signal", signal, SIGNAL);
    const socket = connect({
      ...tlsOptions(credentials),
      host: address.host,
      port: address.port,
      // Sites are named by the authority that signs them, not by the address they happen to have.
      checkServerIdentity: () => undefined,
    });
    const timer = setTimeout(() => socket.destroy(new Error("timed out")), timeoutMs);
    const give = (): void => void socket.destroy(new Error("given up"));
    signal?.addEventListener("abort", give);
    socket.once("close", () => signal?.removeEventListener("abort", give));
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (cause) => {
      clearTimeout(timer);
      reject(handshakeError(cause));
    });
  });
}

/**
 * Tells certificate trouble, TLS that cannot be understood and an unreachable peer apart, by OpenSSL's and Node's error
 * codes.
 */
export function handshakeError(cause: Error & { code?: string }): PeerError {
  const code = cause.code ?? "";
  if (CERTIFICATE.test(code))
    return new PeerError("QKD_PEER_CERTIFICATE", `a certificate was refused in the TLS handshake (${code})`, {
      cause,
      context: { reason: code },
      remedy: code.includes("ALERT")
        ? "read the other site's log, which names what it refuses; run qkdlink check at both sites"
        : "check peer.authority and peer.crl here, and peer.certificate at the other site; run qkdlink check at both",
    });
  if (/SSL|TLS/.test(code))
    return new PeerError("QKD_PEER_PROTOCOL", `the TLS handshake with the peer site broke off (${code})`, {
      cause,
      retryable: true,
      context: { reason: code },
      remedy:
        "check that the address is the other site's peer.listen, that peer.groups have one in common, and what stands on the way: it may damage or cut what it carries",
    });
  return new PeerError("QKD_PEER_UNREACHABLE", "the peer site cannot be reached", {
    cause,
    retryable: true,
    context: { reason: code || cause.message },
  });
}
