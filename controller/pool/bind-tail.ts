import { createHash } from "node:crypto";
import { TAIL_BYTES } from "./block-tail.ts";

const LABEL = "qkdlink relay tail 1";

/**
 * Makes the tail of a block depend on every byte of it, in place. Tags under the tail (SPEC-PEER 5.2) do not cover the key:
 * of a distilled block the tail stands for it, because both came out of one hash. A block whose bytes came one by one could
 * differ beside its tail. Whoever brought all of it knows its tail, and could choose one that goes with another key; so the
 * tail goes through a hash that cannot be turned back. The block must be longer than its tail.
 */
export function bindTail(blockId: string, block: Uint8Array): void {
  const digest = createHash("sha512").update(LABEL).update(blockId, "hex").update(block).digest();
  const tail = block.subarray(block.length - TAIL_BYTES);
  for (const [index, byte] of digest.entries()) tail[index] = (tail[index] as number) ^ byte;
  digest.fill(0);
}
