import { createHash } from "node:crypto";
import { KeyStoreError } from "../../errors/index.ts";
import type { HashKernel } from "../../kernels/index.ts";
import { TAIL_BYTES } from "../pool/block-tail.ts";
import type { BlockFacts } from "../pool/key-pool.ts";
import type { BlockProofs } from "./agreement-state.ts";

const LABEL = "qkdlink agreement 3";

/** SHA-256, as hex, of what both sites know of a block beside its key (SPEC-PEER 5.2). */
export function provenanceOf(linkId: string, block: BlockFacts): string {
  const { blockId, origin, sequence, createdAtMs, blockBytes, authBytes, epsilon } = block;
  const { secrecy, correctness, authentication } = epsilon;
  const bounds = [secrecy, correctness, authentication];
  const told = [linkId, blockId, origin, sequence, createdAtMs, blockBytes, authBytes].concat(bounds);
  return createHash("sha256").update(JSON.stringify(told)).digest("hex");
}

/**
 * Tags of a block under its tail: polynomial hash of role, names and what the role says, masked. A hash key and a mask
 * make one tag each, because what a role says of a block is fixed with the block. The tail stays the caller's to wipe.
 */
export function blockProofs(
  hash: HashKernel,
  linkId: string,
  block: BlockFacts,
  tail: Uint8Array,
): BlockProofs {
  if (tail.length !== TAIL_BYTES)
    throw new KeyStoreError("QKD_KEYSTORE_REQUEST", `a tail has ${TAIL_BYTES} bytes`);
  const provenance = provenanceOf(linkId, block);
  const tag = (role: "stored" | "released", from: number, said: number): string => {
    const text = JSON.stringify([LABEL, role, linkId, block.blockId, provenance, said]);
    const digest = hash.polynomial(tail.subarray(from, from + hash.keyBytes), new TextEncoder().encode(text));
    const mask = tail.subarray(from + hash.keyBytes, from + hash.keyBytes + hash.tagBytes);
    return Buffer.from(digest.map((byte, index) => byte ^ (mask[index] as number))).toString("hex");
  };
  return {
    provenance,
    storedTag: (lackBytes) => tag("stored", 0, lackBytes),
    releasedTag: (boundaryBytes) => tag("released", TAIL_BYTES / 2, boundaryBytes),
  };
}
