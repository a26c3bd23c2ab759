import type { DeliveryPolicy } from "./delivery-policy.ts";
import { FIXED_MESSAGES, Refusal } from "./refusal.ts";

/** A valid request for keys. */
export interface KeyRequest {
  readonly count: number;
  readonly bits: number;
  /** Vendor option `qkdlink_accept_pqc`. */
  readonly acceptPqc: boolean;
  /** Vendor option `qkdlink_origin`: the only origin the caller takes. */
  readonly origin?: "qkd" | "pqc";
}

interface Options {
  acceptPqc?: boolean;
  origin?: "qkd" | "pqc";
}

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
  const options: Options = {};
  readMandatory(members.extension_mandatory, options);
  readOptional(members.extension_optional, options);
  for (const [name, value] of Object.entries(members)) readOption(name, value, options);
  if (options.acceptPqc === true && !policy.allowPqcOptIn) delete options.acceptPqc;
  return {
    count,
    bits,
    acceptPqc: options.acceptPqc ?? false,
    ...(options.origin && { origin: options.origin }),
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

function readMandatory(value: unknown, options: Options): void {
  const pairs = readPairs(value);
  if (pairs === undefined) throw new Refusal(400, FIXED_MESSAGES.mandatoryUnsupported);
  for (const [name, wish] of pairs) {
    const result = readOption(name, wish, options);
    if (result === "unknown") {
      throw new Refusal(400, FIXED_MESSAGES.mandatoryUnsupported, [{ unsupported: name.slice(0, 100) }]);
    }
    if (result === "impossible") throw new Refusal(400, FIXED_MESSAGES.mandatoryUnmet, [{ unmet: name }]);
  }
}

/** Unknown optional options are passed over; only a malformed list is refused. */
function readOptional(value: unknown, options: Options): void {
  const pairs = readPairs(value);
  if (pairs === undefined) throw new Refusal(400, FIXED_MESSAGES.optionalUnhandled);
  for (const [name, wish] of pairs) readOption(name, wish, options);
}

function readPairs(value: unknown): [string, unknown][] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  if (!value.every((entry) => typeof entry === "object" && entry !== null && !Array.isArray(entry))) {
    return undefined;
  }
  return value.flatMap((entry) => Object.entries(entry as Members));
}

function readOption(name: string, value: unknown, options: Options): "done" | "unknown" | "impossible" {
  if (name === "qkdlink_accept_pqc") {
    if (value !== true && value !== false && value !== "true" && value !== "false") return "impossible";
    options.acceptPqc = value === true || value === "true";
    return "done";
  }
  if (name === "qkdlink_origin") {
    if (value !== "qkd" && value !== "pqc") return "impossible";
    options.origin = value;
    return "done";
  }
  return "unknown";
}

/** Reads the key IDs of "Get key with key IDs" from a JSON body or from `?key_ID=`. Throws a 400 Refusal. */
export function readKeyIds(members: Members, policy: DeliveryPolicy): string[] {
  const list = members.key_IDs ?? members.key_ID;
  const entries = Array.isArray(list) ? list : list === undefined ? [] : [list];
  if (entries.length === 0) throw new Refusal(400, "key_IDs is missing or empty");
  if (entries.length > policy.maxKeysPerRequest) {
    throw new Refusal(400, `key_IDs shall name 1 to ${policy.maxKeysPerRequest} keys`);
  }
  return entries.map((entry) => {
    const keyId = typeof entry === "object" && entry !== null ? (entry as Members).key_ID : entry;
    if (typeof keyId !== "string") throw new Refusal(400, "each of key_IDs shall hold a key_ID string");
    return keyId;
  });
}
