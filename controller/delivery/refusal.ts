import { DeliveryError, KeyStoreError } from "../../errors/index.ts";

/** The messages that ETSI GS QKD 014 V1.1.1 fixes; all are sent with status 400. */
export const FIXED_MESSAGES = {
  sizeMultiple: "size shall be a multiple of 8",
  mandatoryUnsupported: "not all extension_mandatory parameters are supported",
  mandatoryUnmet: "not all extension_mandatory request options could be met",
  optionalUnhandled: "not all extension_optional request options handled",
  keysNotFound: "one or more keys specified are not found on KME",
} as const;

/** Status codes that the server answers with besides 200. */
export type RefusalStatus = 400 | 401 | 404 | 405 | 413 | 503;

type Details = readonly Readonly<Record<string, string | number | boolean>>[];

/** A request that is answered with an error body: `message`, and `details` where they help. Holds no key bytes. */
export class Refusal extends DeliveryError {
  readonly status: RefusalStatus;
  readonly details: Details;
  /** Of a 503: when the caller may try again. */
  readonly retryAfterS: number;

  constructor(status: RefusalStatus, message: string, details: Details = [], retryAfterS = 1) {
    const code =
      status === 401
        ? "QKD_DELIVERY_UNAUTHORIZED"
        : status === 503
          ? "QKD_DELIVERY_UNAVAILABLE"
          : "QKD_DELIVERY_BAD_REQUEST";
    super(code, message, { retryable: status === 503 });
    this.status = status;
    this.details = details;
    this.retryAfterS = retryAfterS;
  }

  /** The JSON body of the standard. */
  get body(): { readonly message: string; readonly details?: Details } {
    return this.details.length === 0
      ? { message: this.message }
      : { message: this.message, details: this.details };
  }
}

/** Translates what went wrong behind a request; the body of an unknown error says nothing of its cause. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof KeyStoreError) {
    if (error.code === "QKD_KEYSTORE_UNKNOWN_KEY") return new Refusal(400, FIXED_MESSAGES.keysNotFound);
    if (error.code === "QKD_KEYSTORE_FORBIDDEN") {
      const { origin } = error.context;
      if (origin !== undefined)
        return new Refusal(401, "the policy of this KME gives the caller no key of this origin", [
          { qkdlink_origin: String(origin) },
        ]);
      return new Refusal(401, "the caller is not a slave SAE of every requested key");
    }
    if (error.code === "QKD_KEYSTORE_REQUEST") return new Refusal(400, error.message);
    return new Refusal(503, "the key store cannot serve now", [{ qkdlink_code: error.code }]);
  }
  const http = httpError(error);
  if (http !== undefined) return http;
  return new Refusal(503, "internal error of the KME");
}

/** Errors that the HTTP layer raises before a handler runs (body too large, malformed request). */
function httpError(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !("statusCode" in error)) return undefined;
  if (error.statusCode === 413) return new Refusal(413, "the request body is too large");
  if (typeof error.statusCode === "number" && error.statusCode >= 400 && error.statusCode < 500) {
    return new Refusal(400, "the request is malformed");
  }
  return undefined;
}
