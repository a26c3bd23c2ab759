import { DeliveryError } from "../../errors/index.ts";
import { jsonNesting } from "./json-nesting.ts";
import { retryAfterMs } from "./retry-after.ts";

/** What of an answer is read here; `nowMs` is the time of day, for a `Retry-After` that is a date. */
export interface WireAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Uint8Array;
  readonly nowMs: number;
}

/** Details of a refusal that a caller decides by. */
const TOLD: readonly string[] = ["unmet", "malformed_key_ID", "qkdlink_reason"];
const MOST_SAID = 500;
const DEEPEST = 64;
const NOT_A_KME = "check that the URL names an ETSI GS QKD 014 server";

/**
 * The JSON of a successful answer. DeliveryError for a refusal (clause 6.5): QKD_DELIVERY_UNAUTHORIZED for 401 and 403,
 * QKD_DELIVERY_UNAVAILABLE for 429 and 5xx, with `retryAfterMs` in its context where the server said it,
 * QKD_DELIVERY_BAD_REQUEST for other 4xx, QKD_DELIVERY_ANSWER for what no server of the standard says.
 */
export function readAnswer({ status, retryAfter, body, nowMs }: WireAnswer): unknown {
  const value = jsonOf(body);
  const ok = status >= 200 && status < 300;
  if (ok && value !== undefined) return value;
  if (ok || status < 400)
    throw new DeliveryError(
      "QKD_DELIVERY_ANSWER",
      ok ? `status ${status} with a body that is not JSON` : `status ${status}; redirects are not followed`,
      { remedy: NOT_A_KME, context: { status } },
    );
  const members = isObject(value) ? value : {};
  const details = detailsOf(members.details);
  const said = details.map(([name, one]) => `${name} ${JSON.stringify(one)}`).join(", ");
  const message =
    typeof members.message === "string" && members.message !== ""
      ? members.message.slice(0, MOST_SAID)
      : value === undefined
        ? `status ${status} with a body that is not JSON`
        : `the server answered with status ${status}`;
  const waitMs = retryAfterMs(retryAfter, nowMs);
  const code = codeOf(status);
  throw new DeliveryError(code, said === "" ? message : `${message} (${said.slice(0, MOST_SAID)})`, {
    retryable: code === "QKD_DELIVERY_UNAVAILABLE",
    context: {
      status,
      ...(waitMs === null ? {} : { retryAfterMs: waitMs }),
      ...Object.fromEntries(details.filter(([name]) => TOLD.includes(name))),
    },
    ...(value === undefined && code === "QKD_DELIVERY_BAD_REQUEST" ? { remedy: NOT_A_KME } : {}),
  });
}

function codeOf(status: number) {
  if (status === 401 || status === 403) return "QKD_DELIVERY_UNAUTHORIZED";
  return status === 429 || status >= 500 ? "QKD_DELIVERY_UNAVAILABLE" : "QKD_DELIVERY_BAD_REQUEST";
}

/** Undefined for what is no JSON in UTF-8, or lies deeper than any answer of the standard. */
function jsonOf(body: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    return jsonNesting(text) > DEEPEST ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a server adds to its sentence, where it is of the form that the standard gives. */
function detailsOf(details: unknown): [string, string | number | boolean][] {
  if (!Array.isArray(details)) return [];
  return details
    .filter(isObject)
    .flatMap((detail) => Object.entries(detail))
    .filter((entry): entry is [string, string | number | boolean] =>
      ["string", "number", "boolean"].includes(typeof entry[1]),
    );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
