import type { ByteRange } from "../block-halves.ts";

/**
 * Plain bytes of a block under one segment key, 126 grains: what one delivered key costs to seal anew. Two sealed
 * segments fill a page of the database; of 4096 bytes only one would fit.
 */
export const SEGMENT_BYTES = 4032;
/** Bytes of every key of the tree: root, block keys, segment keys. */
export const TREE_KEY_BYTES = 32;
/** Segments that a block may have; a power of two above the longest block. */
export const SEGMENT_NUMBERS = 2 ** 14;

/** How many segments a block of `bytes` has. */
export function segmentCount(bytes: number): number {
  return Math.ceil(bytes / SEGMENT_BYTES);
}

/** The bytes of segment `number` within a block of `bytes`. */
export function segmentRange(number: number, bytes: number): ByteRange {
  return { first: number * SEGMENT_BYTES, past: Math.min((number + 1) * SEGMENT_BYTES, bytes) };
}

/** The row of a segment: those of one block lie side by side, without an index of their own. */
export function segmentRow(block: number, number: number): number {
  return block * SEGMENT_NUMBERS + number;
}
