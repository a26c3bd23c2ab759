import { createHash } from "node:crypto";

/** The id of a test's block, told by its number. */
export const numberedId = (sequence: number): string => sequence.toString(16).padStart(32, "0");

/** Bits of a test's block, which follow from its number: the same in every run. */
export function numberedKey(sequence: number, bytes: number): Uint8Array {
  const key = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 32)
    key.set(
      createHash("sha256")
        .update(`${sequence}/${at}`)
        .digest()
        .subarray(0, bytes - at),
      at,
    );
  return key;
}
