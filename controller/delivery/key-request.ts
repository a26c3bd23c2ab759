import type { DeliveryPolicy, ServedOrigin } from "./delivery-policy.ts";
import { FIXED_MESSAGES, Refusal } from "./refusal.ts";
import { readVendorOptions } from "./vendor-options.ts";

/** A valid request for keys. */
export interface KeyRequest {
  readonly count: number;
  readonly bits: number;
  /** The caller opted in to post-quantum keys by `qkdlink_accept_pqc`, and the policy lets it. */
  readonly acceptPqc: boolean;
  /** The caller refuses post-quantum keys, whatever a policy says of it. */
  readonly refusesPqc: boolean;
  /** The caller takes no answer that does not honour its opting in. */
  readonly mustAcceptPqc: boolean;
  /** Vendor option `qkdlink_origin`: the only origin the caller takes. */
  readonly origin?: ServedOrigin;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Malformed IDs that an answer names. */
const MOST_NAMED = 8;

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads the parameters of "Get key" from a JSON body (POST) or from a query (GET), where numbers are text and the
 * vendor options stand by their own names. Unknown members are ignored. Throws a 400 Refusal.
 */
export function readKeyRequest(members: Members, policy: DeliveryPolicy): KeyRequest {
  const count = readInteger(members, "number") ?? 1;
  const bits = readInteger(members, "size") ?? policy.keySizeBits;
  if (bits % 8 !== 0) throw new Refusal(400, FIXED_MESSAGES.sizeMultiple);
  if (count < 1 || count > policy.maxKeysPerRequest) {
    throw new Refusal(400, `number shall be 1 to ${policy.maxKeysPerRequest}`);
  }
  if (bits < policy.minKeySizeBits || bits > policy.maxKeySizeBits) {
    throw new Refusal(400, `size shall be ${policy.minKeySizeBits} to ${policy.maxKeySizeBits}`);
  }
  refuseMulticast(members.additional_slave_SAE_IDs);
  const { origin, acceptPqc, mustAcceptPqc } = readVendorOptions({
    mandatory: readPairs(members.extension_mandatory, FIXED_MESSAGES.mandatoryUnsupported),
    named: Object.entries(members),
    optional: readPairs(members.extension_optional, FIXED_MESSAGES.optionalUnhandled),
  });
  return {
    count,
    bits,
    acceptPqc: acceptPqc === true && policy.allowPqcOptIn,
    refusesPqc: acceptPqc === false,
    mustAcceptPqc,
    ...(origin === undefined ? {} : { origin }),
  };
}

function readInteger(members: Members, name: string): number | undefined {
  const value = members[name];
  if (value === undefined || value === null || value === "") return undefined;
  const number = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0) {
    throw new Refusal(400, `${name} shall be an integer`);
  }
  return number;
}

function refuseMulticast(value: unknown): void {
  if (value === undefined || value === null) return;
  if (!Array.isArray(value)) throw new Refusal(400, "additional_slave_SAE_IDs shall be an array");
  if (value.length > 0)
    throw new Refusal(400, "additional_slave_SAE_IDs is not supported: max_SAE_ID_count is 0");
}

/** The pairs of an extension list; a 400 Refusal with `sentence` for what is no list of objects. */
function readPairs(value: unknown, sentence: string): [string, unknown][] {
  if (value === undefined || value === null) return [];
  const isObject = (entry: unknown) => typeof entry === "object" && entry !== null && !Array.isArray(entry);
  if (!Array.isArray(value) || !value.every(isObject)) throw new Refusal(400, sentence);
  return value.flatMap((entry) => Object.entries(entry as Members));
}

/** Reads the key IDs of "Get key with key IDs" from a JSON body or from `?key_ID=`. Throws a 400 Refusal. */
export function readKeyIds(members: Members, policy: DeliveryPolicy): string[] {
  const list = members.key_IDs ?? members.key_ID;
  const entries = Array.isArray(list) ? list : list === undefined ? [] : [list];
  if (entries.length === 0) throw new Refusal(400, "key_IDs is missing or empty");
  if (entries.length > policy.maxKeysPerRequest) {
    throw new Refusal(400, `key_IDs shall name 1 to ${policy.maxKeysPerRequest} keys`);
  }
  const keyIds = entries.map((entry) => {
    const keyId = typeof entry === "object" && entry !== null ? (entry as Members).key_ID : entry;
    if (typeof keyId !== "string") throw new Refusal(400, "each of key_IDs shall hold a key_ID string");
    return keyId;
  });
  // The standard has one sentence for every ID that names no key; only what could name one is worth looking for.
  const malformed = keyIds.filter((keyId) => !UUID.test(keyId));
  if (malformed.length > 0)
    throw new Refusal(
      400,
      FIXED_MESSAGES.keysNotFound,
      malformed.slice(0, MOST_NAMED).map((keyId) => ({ malformed_key_ID: keyId.slice(0, 100) })),
    );
  return keyIds;
}
