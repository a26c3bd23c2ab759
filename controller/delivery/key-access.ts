import { KeyStoreError } from "../../errors/index.ts";
import type { FallbackReason } from "../events.ts";
import type { KeyAudience, KeyOrigin, KeyPool, TakenKey } from "../pool/key-pool.ts";
import type { DeliveryPolicy } from "./delivery-policy.ts";
import type { KeyRequest } from "./key-request.ts";
import { FIXED_MESSAGES, Refusal } from "./refusal.ts";

/** Whether post-quantum keys are being served, and why. */
export interface FallbackView {
  readonly engaged: boolean;
  readonly reason: FallbackReason | null;
}

/** Where delivery gets its keys. */
export interface KeySource {
  readonly pool: KeyPool;
  /** Asked at each request. */
  readonly fallback: () => FallbackView;
  /** Makes at least so many more bits of post-quantum key, soon; called when an opted-in caller would go empty. */
  readonly morePqc?: (bits: number) => Promise<void>;
}

const SENTENCES: Record<FallbackReason, string> = {
  poolExhausted: "the pool of QKD keys is exhausted",
  linkDown: "the quantum link is down",
  qberTooHigh: "the error rate of the quantum link is too high",
  keyRateTooLow: "the quantum link makes too little key",
  eavesdropperSuspected: "an eavesdropper is suspected on the quantum link",
  peerUnreachable: "the other site cannot be reached",
  operator: "the operator switched the quantum link off",
};

/**
 * Takes keys of the origin that the caller accepts. In normal service QKD keys, and post-quantum ones only to bridge a
 * gap for callers that opted in; in fallback post-quantum keys for those callers, which spares the QKD keys left.
 */
export async function takeKeys(
  source: KeySource,
  policy: DeliveryPolicy,
  request: KeyRequest,
  audience: KeyAudience,
): Promise<TakenKey[]> {
  const pqcAllowed =
    request.origin !== "qkd" && (request.acceptPqc || listed(policy.allowPqcFor, audience.master));
  const fallback = source.fallback();
  for (const origin of originsInOrder(request, pqcAllowed, fallback, policy)) {
    const keys = await tryTake(source, request, audience, origin);
    if (keys !== undefined) return keys;
  }
  throw unavailable(fallback, pqcAllowed);
}

/** True when a policy list names the SAE. */
export function listed(list: "all" | "none" | readonly string[], sae: string): boolean {
  return list === "all" || (list !== "none" && list.includes(sae));
}

function originsInOrder(
  request: KeyRequest,
  pqcAllowed: boolean,
  fallback: FallbackView,
  policy: DeliveryPolicy,
): readonly KeyOrigin[] {
  if (request.origin === "pqc") {
    if (!pqcAllowed) throw new Refusal(400, FIXED_MESSAGES.mandatoryUnmet, [{ unmet: "qkdlink_origin" }]);
    return ["pqc"];
  }
  if (pqcAllowed) return fallback.engaged ? ["pqc", "qkd"] : ["qkd", "pqc"];
  if (fallback.engaged && request.origin !== "qkd" && policy.stockDuringFallback === "refuse") return [];
  return ["qkd"];
}

/** Undefined when the origin's pool holds too little, also after asking for more. */
async function tryTake(
  { pool, morePqc }: KeySource,
  { bits, count }: KeyRequest,
  audience: KeyAudience,
  origin: KeyOrigin,
): Promise<TakenKey[] | undefined> {
  const take = () => unlessExhausted(pool.takeMany({ bits, count, audience, origin }));
  const keys = await take();
  if (keys !== undefined || origin !== "pqc" || morePqc === undefined) return keys;
  try {
    await morePqc(bits * count);
  } catch {
    return undefined;
  }
  return take();
}

async function unlessExhausted(taking: Promise<TakenKey[]>): Promise<TakenKey[] | undefined> {
  try {
    return await taking;
  } catch (error) {
    if (error instanceof KeyStoreError && error.code === "QKD_KEYSTORE_EXHAUSTED") return undefined;
    throw error;
  }
}

function unavailable({ engaged, reason }: FallbackView, pqcAllowed: boolean): Refusal {
  const why = engaged && reason !== null ? reason : "poolExhausted";
  const hint = pqcAllowed ? "" : "; post-quantum keys need the option qkdlink_accept_pqc";
  return new Refusal(503, `no key available: ${SENTENCES[why]}${hint}`, [
    { qkdlink_reason: why, qkdlink_fallback: engaged },
  ]);
}
