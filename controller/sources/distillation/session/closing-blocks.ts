import { MAX_CLOSING_BLOCKS } from "../../../../protocol/index.ts";
import type { Block } from "../block/block.ts";

/** How long a block is kept for another session; agreement refuses blocks that are ten minutes old. */
const KEEP_MS = 300_000;

/** What of earlier sessions goes on in a new one. */
export interface Resumption {
  /** Oldest first. */
  readonly resumed: readonly Block[];
  /** The other site cannot end them any more. */
  readonly lost: readonly Block[];
  /** Numbers of blocks that Alice does not know to be confirmed. */
  readonly confirmedAgain: readonly number[];
}

/**
 * Blocks whose session ended between the two tags, or before Alice heard that Bob has hers. Their pads are spent or about
 * to be: both sites list them in the hello of the next session and bring to their end those that both still have, so
 * that whoever cuts connections at that very moment costs neither pads nor keys.
 */
export class ClosingBlocks {
  #kept: readonly { readonly block: Block; readonly sinceMs: number }[] = [];
  /** Bob: blocks of which he said `done`, newest last. */
  #confirmed: readonly { readonly blockId: string; readonly sequence: number }[] = [];

  get blocks(): readonly Block[] {
    return this.#kept.map(({ block }) => block);
  }

  /** What a hello says. */
  get ids(): readonly string[] {
    const ids = [...this.blocks, ...this.#confirmed.toReversed()].map(({ blockId }) => blockId);
    return ids.slice(0, MAX_CLOSING_BLOCKS);
  }

  /** Keeps a block; returns what there is no room for any more. */
  keep(block: Block, nowMs: number): readonly Block[] {
    this.#kept = [...this.#kept, { block, sinceMs: nowMs }];
    const excess = this.#kept.slice(0, -MAX_CLOSING_BLOCKS).map((entry) => entry.block);
    for (const old of excess) this.remove(old);
    return excess;
  }

  /** Bob confirms a block: Alice may not hear it. */
  confirm({ blockId, sequence }: Block): void {
    this.#confirmed = [...this.#confirmed, { blockId, sequence }].slice(-MAX_CLOSING_BLOCKS);
  }

  /** Blocks that have waited too long. */
  expired(nowMs: number): readonly Block[] {
    return this.#kept.filter(({ sinceMs }) => nowMs - sinceMs > KEEP_MS).map(({ block }) => block);
  }

  find(sequence: number): Block | undefined {
    return this.blocks.find((block) => block.sequence === sequence);
  }

  remove(block: Block): void {
    this.#kept = this.#kept.filter((entry) => entry.block !== block);
  }

  /** A session stands in which the other site listed these. */
  resume(listed: readonly string[]): Resumption {
    const { blocks } = this;
    const both = (entry: { readonly blockId: string }) => listed.includes(entry.blockId);
    const confirmedAgain = this.#confirmed.filter(both).map(({ sequence }) => sequence);
    this.#kept = [];
    this.#confirmed = this.#confirmed.filter(both);
    return {
      resumed: blocks.filter(both).toSorted((a, b) => a.sequence - b.sequence),
      lost: blocks.filter((block) => !both(block)),
      confirmedAgain,
    };
  }
}
