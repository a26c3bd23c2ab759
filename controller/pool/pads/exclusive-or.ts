import { KeyStoreError } from "../../../errors/index.ts";

/** The exclusive-or of byte strings of one length, at least one of them. QKD_KEYSTORE_REQUEST for others. */
export function exclusiveOr(parts: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = parts;
  if (first === undefined || others.some(({ length }) => length !== first.length))
    throw new KeyStoreError("QKD_KEYSTORE_REQUEST", "pads and shares of a block must have one length", {
      context: { parts: parts.length },
      remedy: "take pads of one length for all paths",
    });
  const sum = new Uint8Array(first);
  for (const other of others)
    for (let index = 0; index < sum.length; index += 1)
      sum[index] = (sum[index] as number) ^ (other[index] as number);
  return sum;
}
