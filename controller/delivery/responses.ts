import type { FallbackView } from "../policy/fallback/fallback-view.ts";
import type { PoolStatus, TakenKey } from "../pool/key-pool.ts";
import type { DeliveryPolicy } from "./delivery-policy.ts";
import type { LedgerFacts } from "./take-keys.ts";

/** Key container of the standard; `local` keys never left this node. Each key with its origin, its age, and what its secrecy rests on. The keys are wiped after encoding. */
export function keyContainer(keys: readonly TakenKey[], nowMs: number, local = false): object {
  return {
    keys: keys.map(({ keyId, key, origin, createdAtMs, auth, epsilon, route }) => {
      const bytes = key.reveal();
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
      key.wipe();
      return {
        key_ID: keyId,
        key: text,
        key_extension: {
          qkdlink_origin: local ? "local" : origin,
          qkdlink_auth: auth,
          ...(epsilon === null
            ? {}
            : { qkdlink_epsilon: epsilon.block, qkdlink_epsilon_total: epsilon.total }),
          ...(route === undefined ? {} : { qkdlink_route: route }),
          qkdlink_age_s: Math.max(0, Math.round((nowMs - createdAtMs) / 1000)),
        },
      };
    }),
  };
}

/** Names of the two KMEs and SAEs in a status. */
export interface StatusNames {
  readonly sourceKmeId: string;
  readonly targetKmeId: string;
  readonly master: string;
  readonly slave: string;
  /** The part of the caller's certificate that it is known by. */
  readonly by: string;
  /** SHA-256 of the caller's certificate. */
  readonly fingerprint: string;
}

/** What a status tells of the keys. */
export interface StatusLevels {
  /** Stocks that the master is served from. */
  readonly counted: readonly PoolStatus[];
  readonly capacityBits: number;
  readonly pqc: PoolStatus;
  /** Null where the pair, or the master, has none. */
  readonly relay: PoolStatus | null;
  readonly hybrid: PoolStatus | null;
  readonly fallback: FallbackView;
  readonly ledger: LedgerFacts | null;
  readonly logLost: boolean;
}

/** Status of the standard. Key counts are in keys of the default size that this site hands out to the master now. */
export function statusBody(names: StatusNames, policy: DeliveryPolicy, levels: StatusLevels): object {
  const { counted, capacityBits, pqc, relay, hybrid, fallback, ledger, logLost } = levels;
  const keys = ({ availableBits }: PoolStatus): number => Math.floor(availableBits / policy.keySizeBits);
  const capacity = Math.floor(capacityBits / policy.keySizeBits);
  const stored = counted.reduce((sum, level) => sum + keys(level), 0);
  return {
    source_KME_ID: names.sourceKmeId,
    target_KME_ID: names.targetKmeId,
    master_SAE_ID: names.master,
    slave_SAE_ID: names.slave,
    key_size: policy.keySizeBits,
    stored_key_count: Math.min(capacity, stored),
    max_key_count: capacity,
    max_key_per_request: policy.maxKeysPerRequest,
    max_key_size: policy.maxKeySizeBits,
    min_key_size: policy.minKeySizeBits,
    max_SAE_ID_count: 0,
    status_extension: {
      qkdlink_pqc_key_count: keys(pqc),
      ...(relay === null ? {} : { qkdlink_relay_key_count: keys(relay) }),
      ...(hybrid === null ? {} : { qkdlink_hybrid_key_count: keys(hybrid) }),
      qkdlink_fallback: fallback.engaged,
      qkdlink_fallback_reason: fallback.reason,
      ...(ledger === null ? {} : { qkdlink_auth: ledger.auth, qkdlink_epsilon_total: ledger.total }),
      ...(logLost ? { qkdlink_log: "lost" } : {}),
      qkdlink_sae_identity: names.by,
      qkdlink_sae_fingerprint: names.fingerprint,
    },
  };
}
