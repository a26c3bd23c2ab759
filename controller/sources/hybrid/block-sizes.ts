import { GRAIN_BYTES } from "../../pool/block-halves.ts";
import { MIN_BLOCK_BYTES, TAIL_BYTES } from "../../pool/block-tail.ts";
import { KEY_ID_LIMITS } from "../../pool/key-id.ts";

/** Longest block: each of the two keys is one key of the pool. */
export const MOST_HYBRID_BYTES = KEY_ID_LIMITS.keyBytes;
/** Both halves hold whole grains. */
const STEP_BYTES = 2 * GRAIN_BYTES;
const LEAST_BYTES = TAIL_BYTES + 4 * STEP_BYTES;

/** Whether a block may have so many bytes. */
export const isHybridSize = (bytes: number): boolean =>
  bytes >= MIN_BLOCK_BYTES && bytes <= MOST_HYBRID_BYTES && bytes % GRAIN_BYTES === 0;

/**
 * Sizes to try for a block whose halves shall each bring so many bits, largest first: what is left of a block of the pool may
 * be shorter than one would like.
 */
export function hybridSizes(bits: number): readonly number[] {
  const wished = TAIL_BYTES + Math.ceil((bits * 2) / 8 / STEP_BYTES) * STEP_BYTES;
  const sizes = [Math.min(MOST_HYBRID_BYTES, Math.max(LEAST_BYTES, wished))];
  for (let next = half(sizes[0] as number); next >= LEAST_BYTES; next = half(next)) sizes.push(next);
  return sizes;
}

function half(bytes: number): number {
  return TAIL_BYTES + Math.floor((bytes - TAIL_BYTES) / 2 / STEP_BYTES) * STEP_BYTES;
}
