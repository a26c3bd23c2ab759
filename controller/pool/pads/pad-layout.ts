import { KeyStoreError } from "../../../errors/index.ts";

const HASH_KEY_BYTES = 16;
const MASK_BYTES = 16;

/** What a pad has beside its body: hash key and mask of one tag. */
export const PAD_TAG_BYTES = HASH_KEY_BYTES + MASK_BYTES;

/** The parts of a pad: what covers, and what proves that it was not touched. Views, no copies. */
export interface PadParts {
  readonly body: Uint8Array;
  readonly hashKey: Uint8Array;
  readonly mask: Uint8Array;
}

/** Parts a pad (SPEC-PEER 7.6). QKD_KEYSTORE_REQUEST for one without a body. */
export function padParts(pad: Uint8Array): PadParts {
  const bodyBytes = pad.length - PAD_TAG_BYTES;
  if (bodyBytes < 1)
    throw new KeyStoreError("QKD_KEYSTORE_REQUEST", "a pad needs a body beside its hash key and mask", {
      context: { bytes: pad.length },
      remedy: "take more bytes of the half",
    });
  const mask = bodyBytes + HASH_KEY_BYTES;
  return {
    body: pad.subarray(0, bodyBytes),
    hashKey: pad.subarray(bodyBytes, mask),
    mask: pad.subarray(mask),
  };
}
