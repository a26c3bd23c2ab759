import type { HashKernel } from "../../../kernels/index.ts";
import { padParts } from "./pad-layout.ts";

/** The tag of a text under a pad: polynomial hash under its hash key, masked. One text a pad. */
export function padTag(hash: HashKernel, pad: Uint8Array, text: Uint8Array): Uint8Array {
  const { hashKey, mask } = padParts(pad);
  return hash.polynomial(hashKey, text).map((byte, index) => byte ^ (mask[index] as number));
}

/** Whether a tag is that of the text, in a time that does not tell where it differs. */
export function padTagHolds(
  hash: HashKernel,
  pad: Uint8Array,
  { text, tag }: { readonly text: Uint8Array; readonly tag: Uint8Array },
): boolean {
  const expected = padTag(hash, pad, text);
  let differs = expected.length ^ tag.length;
  for (const [index, byte] of expected.entries()) differs |= byte ^ (tag[index] ?? 0);
  return differs === 0;
}
