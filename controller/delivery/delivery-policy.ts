import { ConfigError } from "../../errors/index.ts";
import type { KeyTerms } from "../policy/key-choice.ts";

/** Where the SAE ID is read from a client's certificate; the first source that yields one counts. */
export type SaeIdentitySource =
  | "sanUri"
  | "sanDns"
  | "commonName"
  | "serialNumber"
  | {
      /** SAE ID by SHA-256 fingerprint of the certificate (hex, colons and case ignored). */
      readonly fingerprints: Readonly<Record<string, string>>;
    };

/** What the key delivery server allows. All fields have defaults. */
export interface DeliveryPolicy {
  /** Key size when a request names none, in bits. */
  readonly keySizeBits: number;
  readonly minKeySizeBits: number;
  readonly maxKeySizeBits: number;
  readonly maxKeysPerRequest: number;
  /** SAEs that may ask at this site; "all" with a trusted certificate. */
  readonly allowedSaes: "all" | readonly string[];
  /** SAEs at the other site that keys may be made for. */
  readonly allowedSlaves: "all" | readonly string[];
  /** SAEs that get post-quantum keys without asking for them in the request. Requests can always opt in. */
  readonly allowPqcFor: "none" | "all" | readonly string[];
  /** Whether a request may opt in to post-quantum keys by `qkdlink_accept_pqc`. */
  readonly allowPqcOptIn: boolean;
  /**
   * While fallback is engaged: "serve" gives callers that did not opt in the QKD keys that are left, as long as there are
   * any; "refuse" answers 503 to them. A request with `qkdlink_origin: "qkd"` always gets keys that are left.
   */
  readonly stockDuringFallback: "refuse" | "serve";
  readonly saeIdentity: readonly SaeIdentitySource[];
}

export const DEFAULT_DELIVERY_POLICY: DeliveryPolicy = {
  keySizeBits: 256,
  minKeySizeBits: 8,
  maxKeySizeBits: 65_536,
  maxKeysPerRequest: 1024,
  allowedSaes: "all",
  allowedSlaves: "all",
  allowPqcFor: "none",
  allowPqcOptIn: true,
  stockDuringFallback: "serve",
  saeIdentity: ["sanUri", "sanDns", "commonName", "serialNumber"],
};

/** Completes a policy with the defaults; ConfigError QKD_CONFIG_INVALID for impossible sizes. */
export function completePolicy(policy: Partial<DeliveryPolicy> = {}): DeliveryPolicy {
  const full = { ...DEFAULT_DELIVERY_POLICY, ...policy };
  const { minKeySizeBits, keySizeBits, maxKeySizeBits, maxKeysPerRequest } = full;
  const sizes = [minKeySizeBits, keySizeBits, maxKeySizeBits];
  const wrong =
    (!sizes.every((bits) => Number.isInteger(bits) && bits % 8 === 0 && bits >= 8 && bits <= 65_536) &&
      "key sizes are multiples of 8 from 8 to 65536 bits") ||
    (!(minKeySizeBits <= keySizeBits && keySizeBits <= maxKeySizeBits) &&
      "minKeySizeBits <= keySizeBits <= maxKeySizeBits must hold") ||
    (!(Number.isInteger(maxKeysPerRequest) && maxKeysPerRequest >= 1 && maxKeysPerRequest <= 4096) &&
      "maxKeysPerRequest must be 1 to 4096") ||
    (full.saeIdentity.length === 0 && "saeIdentity must name a source");
  if (wrong) throw new ConfigError("QKD_CONFIG_INVALID", `delivery policy: ${wrong}`);
  return full;
}

/** True when a policy list names the SAE. */
export function listed(list: "all" | "none" | readonly string[], sae: string): boolean {
  return list === "all" || (list !== "none" && list.includes(sae));
}

/** Where keys that are served may come from. */
export type ServedOrigin = "qkd" | "relay" | "hybrid" | "pqc";

/** What one who insists on no origin takes of keys that never leave the node. */
export function localTerms({ origin }: PqcWish): KeyTerms {
  return { accepts: origin === undefined ? ["pqc"] : [], stockDuringFallback: "serve" };
}

/** What a caller says of post-quantum keys in its request. */
export interface PqcWish {
  readonly acceptPqc: boolean;
  readonly refusesPqc: boolean;
  /** The only origin that it takes. */
  readonly origin?: ServedOrigin;
}

/**
 * Which keys an application gets: quantum keys alone; post-quantum ones where those lack; keys made of both; or post-quantum
 * ones alone.
 */
export type PolicyMode = "qkd-only" | "prefer-qkd" | "hybrid" | "pqc-only";

const MODE_ORIGINS: Readonly<Record<PolicyMode, readonly ServedOrigin[]>> = {
  "qkd-only": ["qkd", "relay"],
  "prefer-qkd": ["qkd", "relay", "hybrid", "pqc"],
  hybrid: ["hybrid"],
  "pqc-only": ["pqc"],
};

/** Origins whose keys an application of that mode gets at most; `onShortage` says what `hybrid` gets where there is none. */
export function originsOfMode(
  mode: PolicyMode,
  onShortage: "refuse" | "pqc" = "refuse",
): readonly ServedOrigin[] {
  return mode === "hybrid" && onShortage === "pqc" ? ["hybrid", "pqc"] : MODE_ORIGINS[mode];
}

/** Best first. */
const SERVED_ORIGINS: readonly ServedOrigin[] = ["qkd", "relay", "hybrid", "pqc"];

/** What a caller may get that no entry keeps to less. */
export const WIDEST_CEILING: readonly ServedOrigin[] = ["qkd", "hybrid", "pqc"];

/**
 * What a caller takes by the policy and by its own word, within the ceiling of its entry where it has one; its refusal
 * goes above the policy. Where the ceiling leaves quantum keys out nobody need ask for the others. Hybrid keys are as good as
 * either kind, and yet no QKD keys: they are for those whose ceiling leaves `qkd` out, or who insist on them by name.
 */
export function keyTerms(
  policy: DeliveryPolicy,
  wish: PqcWish,
  sae: string,
  ceiling: readonly ServedOrigin[] = WIDEST_CEILING,
): KeyTerms {
  const served = listed(policy.allowPqcFor, sae) || !ceiling.includes("qkd");
  const pqc = !wish.refusesPqc && (wish.acceptPqc || served);
  const hybrid = !ceiling.includes("qkd") || (wish.origin === "hybrid" && policy.allowPqcOptIn);
  const accepts = SERVED_ORIGINS.filter(
    (origin) => ceiling.includes(origin) && (origin !== "pqc" || pqc) && (origin !== "hybrid" || hybrid),
  );
  return { accepts, stockDuringFallback: policy.stockDuringFallback };
}
