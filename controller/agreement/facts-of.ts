import { deliverablePart } from "../pool/block-halves.ts";
import type { BlockFacts, NewBlock } from "../pool/key-pool.ts";

/** A block as it will stand on disk, once it is stored as pending; its key is without the tail. */
export function factsOf(
  block: NewBlock,
  lackBytes: number,
  proposed: boolean,
  storedAtMs: number,
): BlockFacts {
  const { key, authBytes = 0, blockId, origin, sequence, createdAtMs, epsilon } = block;
  return {
    blockId,
    origin,
    sequence,
    createdAtMs,
    epsilon,
    blockBytes: key.length,
    authBytes,
    keyBytes: deliverablePart({ ...block, key: key.reveal() }).length,
    state: "pending",
    proposed,
    lackBytes,
    storedAtMs,
    release: null,
    fetched: null,
  };
}
