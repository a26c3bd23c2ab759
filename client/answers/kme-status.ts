import { DeliveryError } from "../../errors/index.ts";

/** Status of a KME for one pair of SAEs (clause 6.1). Null is what the server left out or garbled. */
export interface KmeStatus {
  readonly sourceKmeId: string | null;
  readonly targetKmeId: string | null;
  readonly masterSaeId: string | null;
  readonly slaveSaeId: string | null;
  /** Default size of a key. */
  readonly keySizeBits: number | null;
  /** Keys that can be handed out now. */
  readonly storedKeyCount: number | null;
  readonly maxKeyCount: number | null;
  readonly maxKeysPerRequest: number | null;
  readonly maxKeySizeBits: number | null;
  readonly minKeySizeBits: number | null;
  /** Further slave SAEs that one request may name; 0 where there is no multicast. */
  readonly maxSaeIdCount: number | null;
  /** All members as the server wrote them. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** DeliveryError QKD_DELIVERY_ANSWER for what is no object; counts written as text are taken. */
export function readKmeStatus(body: unknown): KmeStatus {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new DeliveryError("QKD_DELIVERY_ANSWER", "the status is no JSON object", {
      remedy: "check that the URL names an ETSI GS QKD 014 server",
    });
  const members = body as Readonly<Record<string, unknown>>;
  const text = (name: string): string | null => {
    const value = members[name];
    return typeof value === "string" ? value : null;
  };
  const count = (name: string): number | null => {
    const value = members[name];
    const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
    return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : null;
  };
  return {
    sourceKmeId: text("source_KME_ID"),
    targetKmeId: text("target_KME_ID"),
    masterSaeId: text("master_SAE_ID"),
    slaveSaeId: text("slave_SAE_ID"),
    keySizeBits: count("key_size"),
    storedKeyCount: count("stored_key_count"),
    maxKeyCount: count("max_key_count"),
    maxKeysPerRequest: count("max_key_per_request"),
    maxKeySizeBits: count("max_key_size"),
    minKeySizeBits: count("min_key_size"),
    maxSaeIdCount: count("max_SAE_ID_count"),
    members,
  };
}
