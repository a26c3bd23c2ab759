import type { FallbackReason } from "../events.ts";
import type { FallbackView } from "../policy/fallback/fallback-view.ts";
import type { KeyTerms, NoKeyReason } from "../policy/key-choice.ts";
import type { KeyOrigin } from "../pool/key-pool.ts";
import { FIXED_MESSAGES, Refusal } from "./refusal.ts";
import { LINK_ORIGINS } from "./take-keys.ts";

const SENTENCES: Record<FallbackReason, string> = {
  poolExhausted: "the pool of QKD keys is exhausted",
  linkDown: "the quantum link is down",
  qberTooHigh: "the error rate of the quantum link is too high",
  keyRateTooLow: "the quantum link makes too little key",
  eavesdropperSuspected: "an eavesdropper is suspected on the quantum link",
  peerUnreachable: "the other site cannot be reached",
  operator: "the operator switched the quantum link off",
};

const NO_RELAYED = "the stock of keys relayed over other nodes is exhausted";

/** The answer to a request that no key can be served for: 400 for terms that exclude each other, else 503. */
export function noKeyRefusal(
  reason: NoKeyReason,
  terms: KeyTerms,
  fallback: FallbackView,
  origins: readonly KeyOrigin[] = LINK_ORIGINS,
): Refusal {
  if (reason === "notAccepted") {
    return new Refusal(400, FIXED_MESSAGES.mandatoryUnmet, [{ unmet: "qkdlink_origin" }]);
  }
  const why = fallback.engaged && fallback.reason !== null ? fallback.reason : "poolExhausted";
  const hint =
    terms.accepts.includes("pqc") || !origins.includes("pqc")
      ? ""
      : "; post-quantum keys need the option qkdlink_accept_pqc";
  return new Refusal(
    503,
    `no key available: ${origins.includes("qkd") ? SENTENCES[why] : NO_RELAYED}${hint}`,
    [{ qkdlink_reason: why, qkdlink_fallback: fallback.engaged }],
  );
}
