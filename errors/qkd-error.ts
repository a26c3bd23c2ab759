import { ERROR_REMEDIES, type QkdErrorCode } from "./codes.ts";

/** Facts about an error that are safe to show: never key bytes, never payload bytes. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | bigint | undefined>>;

/** Characters that end a line, or that a terminal obeys. */
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;

/** What an error may carry besides its code and sentence. */
export interface QkdErrorOptions {
  /** True when the same call may succeed later without any change by the caller. */
  readonly retryable?: boolean;
  readonly context?: ErrorContext;
  readonly cause?: unknown;
  /** Replaces the code's general remedy where a better one is known. */
  readonly remedy?: string;
}

/** Base of every error of this package. Match on `code`. Only the classes of the layers are constructed. */
export abstract class QkdError extends Error {
  readonly code: QkdErrorCode;
  readonly retryable: boolean;
  readonly context: ErrorContext;
  readonly remedy: string;

  constructor(code: QkdErrorCode, sentence: string, options: QkdErrorOptions = {}) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.context = options.context ?? {};
    this.remedy = options.remedy ?? ERROR_REMEDIES[code];
  }

  /** The report: code, sentence, remedy. One line, whatever a stranger's text in the sentence holds. */
  get line(): string {
    return `${this.code}: ${this.message}. Remedy: ${this.remedy}.`.replaceAll(CONTROL, " ");
  }
}
