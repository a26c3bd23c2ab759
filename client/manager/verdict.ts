import { DeliveryError, type QkdError, TransportError } from "../../errors/index.ts";

/**
 * What follows from a failed request: `stop` the call; the endpoint is `busy` and says for how long; it `failed` and may
 * be well later; it cannot be trusted, `distrusted`, by this call at least; or its kept connection had ended, `stale`.
 */
export type Verdict =
  | { readonly type: "stop" }
  | { readonly type: "busy"; readonly restMs: number }
  | { readonly type: "failed" | "distrusted" | "stale" };

const DEFAULT_REST_MS = 1000;

/** Pure. */
export function verdictOf(error: QkdError): Verdict {
  if (error instanceof TransportError) {
    if (error.context.stale === true) return { type: "stale" };
    return { type: error.code === "QKD_TRANSPORT_TLS" ? "distrusted" : "failed" };
  }
  if (!(error instanceof DeliveryError)) return { type: "stop" };
  if (error.code === "QKD_DELIVERY_ANSWER") return { type: "distrusted" };
  if (error.code !== "QKD_DELIVERY_UNAVAILABLE") return { type: "stop" };
  const { status, retryAfterMs } = error.context;
  if (status !== 503 && status !== 429) return { type: "failed" };
  return { type: "busy", restMs: typeof retryAfterMs === "number" ? retryAfterMs : DEFAULT_REST_MS };
}

/** Whether the server may have acted on a request whose answer did not come, or cannot be used. */
export function mayHaveActed(error: QkdError): boolean {
  return error.context.sent === true || error.code === "QKD_DELIVERY_ANSWER";
}

/** Why there is no key, in a word: the KME's own where it tells one (`qkdlink_reason`). */
export function reasonOf(error: QkdError): string {
  if (!(error instanceof DeliveryError)) return "unreachable";
  const told = error.context.qkdlink_reason;
  if (typeof told === "string" && /^[A-Za-z][A-Za-z0-9]{0,39}$/.test(told)) return told;
  return "noKey";
}
