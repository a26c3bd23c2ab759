import { DeliveryError } from "../../errors/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { base64Bytes } from "./base64-bytes.ts";

/** What a maker adds to a key; names carry the maker's prefix. */
export type Extension = Readonly<Record<string, unknown>>;

/** One key of a key container (clause 6.3). */
export interface DeliveredKey {
  /** UUID in lower case. */
  readonly keyId: string;
  readonly key: SecretBytes;
  readonly keyIdExtension: Extension | null;
  readonly keyExtension: Extension | null;
}

/** What was asked for; null where the server chose. */
export interface KeysAsked {
  readonly number: number;
  readonly sizeBits: number | null;
  /** UUIDs in lower case. */
  readonly keyIds: readonly string[] | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Shorter keys may be equal by chance. */
const NEVER_EQUAL_BYTES = 16;

/**
 * The keys of an answer, in the order in which they were asked for by ID. Unknown members are passed over.
 * DeliveryError QKD_DELIVERY_ANSWER, and all keys wiped, when one of them is not what was asked for: number, size,
 * base64, UUID, or a key twice.
 */
export function readKeyContainer(body: unknown, asked: KeysAsked): readonly DeliveredKey[] {
  const entries = memberOf(body, "keys");
  if (!Array.isArray(entries)) throw broken("the answer holds no key container");
  if (entries.length !== asked.number)
    throw broken(`the answer holds ${entries.length} keys instead of ${asked.number}`);
  const keys = new Map<string, DeliveredKey>();
  try {
    for (const entry of entries) {
      const one = readKey(entry, asked);
      if (keys.has(one.keyId)) throw broken("the answer holds a key ID twice", one);
      keys.set(one.keyId, one);
    }
    const all = [...keys.values()];
    if (hasEqualKeys(all)) throw broken("the answer holds one key under two IDs");
    return asked.keyIds?.map((keyId) => keys.get(keyId) as DeliveredKey) ?? all;
  } catch (error) {
    for (const { key } of keys.values()) key.wipe();
    throw error;
  }
}

function readKey(entry: unknown, { sizeBits, keyIds }: KeysAsked): DeliveredKey {
  const named = memberOf(entry, "key_ID");
  const keyId = typeof named === "string" ? named.toLowerCase() : "";
  if (!UUID.test(keyId)) throw broken("a key_ID is no UUID");
  if (keyIds?.includes(keyId) === false) throw broken("the answer holds a key that was not asked for");
  const text = memberOf(entry, "key");
  const bytes = typeof text === "string" ? base64Bytes(text) : null;
  if (bytes === null) throw broken("a key is no padded base64");
  const one: DeliveredKey = {
    keyId,
    key: new SecretBytes(bytes),
    keyIdExtension: extensionOf(memberOf(entry, "key_ID_extension")),
    keyExtension: extensionOf(memberOf(entry, "key_extension")),
  };
  if (sizeBits !== null && bytes.length * 8 !== sizeBits)
    throw broken(`a key has ${bytes.length * 8} bits instead of ${sizeBits}`, one);
  return one;
}

/** Compared by what they hold; the comparison leaves no copy. */
function hasEqualKeys(keys: readonly DeliveredKey[]): boolean {
  const long = keys.map(({ key }) => key.reveal()).filter((bytes) => bytes.length >= NEVER_EQUAL_BYTES);
  const sorted = long.sort(compareBytes);
  return sorted.some((bytes, index) => index > 0 && compareBytes(bytes, sorted[index - 1]!) === 0);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) if (a[at] !== b[at]) return (a[at] ?? 0) - (b[at] ?? 0);
  return a.length - b.length;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function extensionOf(value: unknown): Extension | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Extension) : null;
}

function broken(sentence: string, read?: DeliveredKey): DeliveryError {
  read?.key.wipe();
  return new DeliveryError("QKD_DELIVERY_ANSWER", sentence);
}
