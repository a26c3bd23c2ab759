import type { QkdErrorCode } from "./codes.ts";
import { errorOf } from "./error-class.ts";
import type { ErrorContext, QkdError } from "./qkd-error.ts";

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

/** The error again, of the class that its code belongs to. */
export function revivedError(plain: PlainError): QkdError {
  const { code, message, ...options } = plain;
  return errorOf(code, message, options);
}
