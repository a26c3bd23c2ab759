import type { QkdErrorCode } from "./codes.ts";
import { DistillationError, KeyStoreError, PeerError, TransportError } from "./layers.ts";
import { type ErrorContext, QkdError } from "./qkd-error.ts";

/** A typed error as it crosses threads: no stack of the other thread, no cause, no key bytes. */
export interface PlainError {
  readonly code: QkdErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly context: ErrorContext;
  readonly remedy: string;
}

export function plainError(error: QkdError): PlainError {
  const { code, message, retryable, context, remedy } = error;
  return { code, message, retryable, context, remedy };
}

const LAYERS = [
  ["QKD_DISTILLATION_", DistillationError],
  ["QKD_AUTH_TAG", DistillationError],
  ["QKD_PEER_", PeerError],
  ["QKD_TRANSPORT_", TransportError],
  ["QKD_KEYSTORE_", KeyStoreError],
] as const;

/** The error again, of the class that its code belongs to. */
export function revivedError(plain: PlainError): QkdError {
  const { code, message, ...options } = plain;
  const Layer = LAYERS.find(([prefix]) => code.startsWith(prefix))?.[1] ?? QkdError;
  return new Layer(code, message, options);
}
