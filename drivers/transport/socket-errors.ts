import { QkdError, TransportError } from "../../errors/index.ts";
import type { TransportLabel } from "./transport.ts";

const NETWORK_CODES = new Set([
  "EACCES",
  "EADDRNOTAVAIL",
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "EMFILE",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/** What the socket was doing when it failed. */
export type SocketStage = "open" | "read" | "write";

/** The door's only way out: turns whatever a socket threw into a TransportError; what is one of ours already stays as it is. */
export function normalizeSocketError(
  cause: unknown,
  { kind, name }: TransportLabel,
  stage: SocketStage,
): QkdError {
  if (cause instanceof QkdError) return cause;
  const code = systemCode(cause);
  const reason = code ?? (cause instanceof Error ? cause.message : String(cause));
  const context = { address: name, reason };
  if (kind === "tls" && isTlsFailure(cause, code))
    return new TransportError("QKD_TRANSPORT_TLS", `TLS with ${name} failed (${reason})`, { context, cause });
  if (stage === "open")
    return new TransportError("QKD_TRANSPORT_OPEN", `Cannot reach ${name} (${reason})`, {
      retryable: true,
      context,
      cause,
    });
  if (stage === "write")
    return new TransportError("QKD_TRANSPORT_WRITE", `Cannot write to ${name} (${reason})`, {
      retryable: true,
      context,
      cause,
    });
  return new TransportError("QKD_TRANSPORT_CLOSED", `The connection to ${name} broke (${reason})`, {
    retryable: true,
    context,
    cause,
  });
}

/** The `code` of a system or OpenSSL error, also that of the first of several connection attempts. */
export function systemCode(cause: unknown): string | undefined {
  if (typeof cause !== "object" || cause === null) return undefined;
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof AggregateError ? systemCode(cause.errors[0]) : undefined;
}

function isTlsFailure(cause: unknown, code: string | undefined): boolean {
  if (code === undefined) return cause instanceof Error && /tls|ssl|certificate/i.test(cause.message);
  return !NETWORK_CODES.has(code) && !code.startsWith("ERR_STREAM") && !code.startsWith("ERR_SOCKET");
}
