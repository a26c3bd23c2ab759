import { KeyStoreError } from "../../errors/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { GRAIN_BYTES } from "./block-halves.ts";
import type { NewBlock } from "./key-pool.ts";

/** Bytes at the end of every block that never become key: they confirm it between the sites (SPEC-PEER 5.2). */
export const TAIL_BYTES = 64;

/** Shortest block of any source: a tail, and one grain of key. */
export const MIN_BLOCK_BYTES = TAIL_BYTES + GRAIN_BYTES;

/**
 * Parts a block of a source from its tail. The tail is a copy, the key a view: both are the caller's to wipe.
 * QKD_KEYSTORE_REQUEST for a block that has no key beside it.
 */
export function cutTail(block: NewBlock): { readonly block: NewBlock; readonly tail: SecretBytes } {
  const bytes = block.key.reveal();
  const keyBytes = bytes.length - TAIL_BYTES;
  if (keyBytes - (block.authBytes ?? 0) < GRAIN_BYTES) {
    throw new KeyStoreError("QKD_KEYSTORE_REQUEST", "a block needs a tail and 32 bytes of key beside it", {
      context: { blockId: block.blockId, bytes: bytes.length },
      remedy: "correct the source of the block",
    });
  }
  const tail = new SecretBytes(bytes.slice(keyBytes));
  return { block: { ...block, key: new SecretBytes(bytes.subarray(0, keyBytes)) }, tail };
}
