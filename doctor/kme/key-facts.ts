import { createHash } from "node:crypto";
import { memberOf, quoted } from "./seen.ts";

/** A key as the doctor keeps it: never its bits. */
export interface KeyFacts {
  readonly keyId: string;
  /** SHA-256 of its text, to find equal keys. */
  readonly digest: string;
  readonly bits: number;
}

/** Faults of key containers, gathered over a whole examination. */
export type ContainerFault =
  | "key-container"
  | "key-ids"
  | "key-base64"
  | "key-sizes"
  | "key-counts"
  | "unique-keys";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The keys of a container; each fault is told to `fault`. */
export function readContainer(
  json: unknown,
  asked: { readonly number: number; readonly sizeBits: number | null },
  fault: (kind: ContainerFault, sentence: string) => void,
): readonly KeyFacts[] {
  const entries = memberOf(json, "keys");
  if (!Array.isArray(entries)) {
    fault("key-container", 'an answer with status 200 has no list "keys"');
    return [];
  }
  if (entries.length !== asked.number)
    fault("key-counts", `${asked.number} keys were asked for and ${entries.length} came`);
  return entries.flatMap((entry) => {
    const keyId = memberOf(entry, "key_ID");
    const text = memberOf(entry, "key");
    if (typeof keyId !== "string" || typeof text !== "string") {
      fault("key-container", "a key has no texts key_ID and key");
      return [];
    }
    if (!UUID.test(keyId)) fault("key-ids", `the key_ID ${quoted(keyId)} is no UUID`);
    if (!BASE64.test(text) || text === "") fault("key-base64", "a key is no padded standard base64");
    const bits = 8 * Buffer.byteLength(text, "base64");
    if (asked.sizeBits !== null && bits !== asked.sizeBits)
      fault("key-sizes", `${asked.sizeBits} bits were asked for and ${bits} came`);
    return [{ keyId, digest: createHash("sha256").update(text).digest("hex"), bits }];
  });
}
