import { describe, expect, it } from "vitest";
import { MAX_CLOSING_BLOCKS } from "../../../../protocol/index.ts";
import type { Block } from "../block/block.ts";
import { ClosingBlocks } from "./closing-blocks.ts";

const block = (sequence: number): Block =>
  ({ sequence, blockId: sequence.toString(16).padStart(32, "0") }) as Block;

const numbered = (count: number): Block[] => Array.from({ length: count }, (_, index) => block(index + 1));

describe("blocks that wait for their end", () => {
  it("are as many as a hello lists: beyond that the oldest is given up", () => {
    const closing = new ClosingBlocks();
    const [last, ...first] = numbered(MAX_CLOSING_BLOCKS + 1).toReversed();
    for (const one of first.toReversed()) expect(closing.keep(one, 0)).toEqual([]);
    expect(closing.keep(last!, 0)).toEqual([block(1)]);
    expect(closing.blocks.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: MAX_CLOSING_BLOCKS }, (_, index) => index + 2),
    );
  });

  it("are listed before those that were confirmed, of which the newest count", () => {
    const closing = new ClosingBlocks();
    for (const one of numbered(2 * MAX_CLOSING_BLOCKS)) closing.confirm(one);
    const waiting = block(1000);
    closing.keep(waiting, 0);
    expect(closing.ids).toHaveLength(MAX_CLOSING_BLOCKS);
    expect(closing.ids.slice(0, 2)).toEqual([waiting.blockId, block(2 * MAX_CLOSING_BLOCKS).blockId]);
  });

  it("go on oldest first, and are then forgotten here", () => {
    const closing = new ClosingBlocks();
    const [a, b, c, d] = numbered(4) as [Block, Block, Block, Block];
    closing.keep(c, 0);
    closing.keep(a, 0);
    closing.keep(b, 0);
    closing.confirm(d);
    const listed = [d, c, a].map(({ blockId }) => blockId);
    expect(closing.resume(listed)).toEqual({ resumed: [a, c], lost: [b], confirmedAgain: [4] });
    // Whether Alice hears it this time is not known either.
    expect([closing.blocks, closing.ids]).toEqual([[], [d.blockId]]);
  });
});
