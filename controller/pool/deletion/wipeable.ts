import type { ByteRange } from "../block-halves.ts";

/**
 * What of `segment` may be wiped: delivered, and not kept for another delivery. `delivered` are disjoint ranges in
 * order, `kept` ranges in order of their beginning; both may reach beyond the segment. The result is in order.
 */
export function wipeable(
  segment: ByteRange,
  delivered: readonly ByteRange[],
  kept: readonly ByteRange[],
): ByteRange[] {
  const wiped: ByteRange[] = [];
  for (const range of delivered) {
    let first = Math.max(range.first, segment.first);
    const past = Math.min(range.past, segment.past);
    for (const live of kept) {
      if (live.past <= first) continue;
      if (live.first >= past) break;
      if (live.first > first) wiped.push({ first, past: live.first });
      first = live.past;
    }
    if (first < past) wiped.push({ first, past });
  }
  return wiped;
}

/** How many bytes the ranges hold. */
export function bytesOf(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, { first, past }) => sum + past - first, 0);
}
