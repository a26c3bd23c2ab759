import type { ByteRange } from "../block-halves.ts";
import type { RootOfGeneration } from "../deletion/root-slots.ts";
import { SEGMENT_BYTES, segmentRange } from "../deletion/segments.ts";
import { bytesOf, wipeable } from "../deletion/wipeable.ts";
import { destroyBlock, quarantineBlock } from "./end-block.ts";
import { type KeysDrawn, type KeyTree, newTreeKeys } from "./key-tree.ts";
import { DamagedBlockError, type SealedBlocks, segmentKey } from "./sealed-blocks.ts";
import type { BlockRow, StoreBase } from "./store-context.ts";

/** Work of one sweep, so that it takes some five milliseconds; more work makes more sweeps. */
const WORK = { removed: 1, resealed: 6, block: 6, atOnce: 96, ranges: 512 } as const;

/** What a sweep has done so far. */
export type SweepStep = "placed" | "committed" | "emptied" | "overwritten";

/** From `wiped` on, what is to be made unreadable of the delivered range that begins at `first`. */
interface DueRange extends ByteRange {
  readonly block: number;
  readonly wiped: number;
}

/** A block in the hands of a sweep: its segment keys as they will be. */
interface OpenedBlock {
  readonly row: BlockRow;
  readonly keys: Uint8Array;
  readonly done: Set<number>;
}

interface Resealed extends KeysDrawn {
  /** What leaves memory once the transaction is durable. */
  readonly wiped: {
    readonly row: BlockRow;
    readonly number: number;
    readonly ranges: readonly ByteRange[];
  }[];
  readonly more: boolean;
}

/**
 * Makes delivered and destroyed key unreadable, for ever and wherever copies of the ciphertext lie: seals what lives
 * under new keys, up to a new root, and overwrites the old root.
 *
 * The order of the steps is what keeps the rest readable: a database that comes back after a crash, with its log or
 * without, needs one of the two roots that the file holds at that time.
 */
export class Erasure {
  readonly #store: StoreBase;
  readonly #tree: KeyTree;
  readonly #sealed: SealedBlocks;

  constructor(store: StoreBase, tree: KeyTree, sealed: SealedBlocks) {
    this.#store = store;
    this.#tree = tree;
    this.#sealed = sealed;
  }

  /**
   * One sweep, a step at a time; returns true when more is due. Nothing is done where nothing is due. Whoever stops
   * after a step, or fails in one, goes on with another sweep, or by opening the store again.
   */
  *sweep(): Generator<SweepStep, boolean> {
    this.settle();
    const { root } = this.#tree;
    if (!this.#tree.holdsDead && this.#due(1).length === 0) return false;
    const fresh = root.placeFresh();
    yield "placed";
    const resealed = this.#resealUnder(fresh);
    this.#tree.adopt(resealed);
    for (const { row, number, ranges } of resealed.wiped) this.#sealed.wipeOpened(row, number, ranges);
    yield "committed";
    this.#store.db.truncateLog();
    yield "emptied";
    root.overwriteOld();
    yield "overwritten";
    return resealed.more;
  }

  /** Ends a sweep that was cut short: the other slot may hold a root that opens what was destroyed. */
  settle(): void {
    if (this.#tree.root.settled) return;
    this.#store.db.truncateLog();
    this.#tree.root.overwriteOld();
  }

  #resealUnder(root: RootOfGeneration): Resealed {
    const drawn = {
      root,
      blockKeys: new Map<number, Uint8Array>(),
      segmentKeys: new Map<number, Uint8Array>(),
    };
    try {
      return this.#store.db.transaction(() => {
        const rest = this.#wipeDue(drawn);
        this.#tree.sealRoot(drawn);
        return { ...drawn, ...rest };
      });
    } catch (error) {
      root.root.fill(0);
      for (const keys of [drawn.blockKeys, drawn.segmentKeys]) for (const key of keys.values()) key.fill(0);
      throw error;
    }
  }

  /** Ranges that were delivered, and whose next byte is not kept for another delivery. */
  #due(limit: number): DueRange[] {
    return this.#store.db.all<DueRange>(
      `SELECT due.block, due.first, wiped, past FROM due JOIN used ON used.block = due.block AND used.first = due.first
        WHERE NOT EXISTS (SELECT 1 FROM redelivery WHERE block = due.block AND first = wiped)
        ORDER BY due.block, due.first LIMIT ?`,
      limit,
    );
  }

  #wipeDue({ blockKeys, segmentKeys }: KeysDrawn): Pick<Resealed, "wiped" | "more"> {
    const { db } = this.#store;
    const opened = new Map<number, OpenedBlock | null>();
    const wiped: Resealed["wiped"] = [];
    const due = this.#due(WORK.ranges);
    let more = due.length === WORK.ranges;
    let work = 0;
    for (const range of due) {
      if (work >= WORK.atOnce) {
        more = true;
        break;
      }
      const id = range.block;
      let block = opened.get(id);
      if (block === undefined) {
        block = this.#openBlock(id);
        opened.set(id, block);
        work += WORK.block;
        if (block !== null) segmentKeys.set(id, block.keys);
      }
      if (block === null) continue;
      const past = this.#keptFrom(range);
      let number = Math.floor(range.wiped / SEGMENT_BYTES);
      for (; number * SEGMENT_BYTES < past && work < WORK.atOnce; number += 1)
        work += this.#wipeSegment(block, number, wiped);
      const reached = Math.min(past, Math.max(range.wiped, number * SEGMENT_BYTES));
      more ||= reached < past;
      if (reached === range.past) db.run("DELETE FROM due WHERE block = ? AND first = ?", id, range.first);
      else db.run("UPDATE due SET wiped = ? WHERE block = ? AND first = ?", reached, id, range.first);
    }
    for (const [id, block] of opened)
      if (block !== null) blockKeys.set(id, this.#tree.sealBlock(block.row, block.keys));
    return { wiped, more };
  }

  /** Where a due range is kept for another delivery; its end when nothing of it is. */
  #keptFrom({ block, wiped, past }: DueRange): number {
    const kept = this.#store.db.one<{ first: number | null }>(
      "SELECT min(first) AS first FROM redelivery WHERE block = ? AND first > ? AND first < ?",
      block,
      wiped,
      past,
    );
    return kept?.first ?? past;
  }

  /** Null for a block that cannot be opened, and is given up with that. */
  #openBlock(id: number): OpenedBlock | null {
    const row = this.#store.db.one<BlockRow>("SELECT * FROM block WHERE id = ?", id);
    if (row === undefined) return null;
    try {
      return { row, keys: this.#tree.segmentKeys(row).slice(), done: new Set() };
    } catch {
      destroyBlock(this.#store, this.#sealed, row, "blockLost");
      return null;
    }
  }

  /** Removes what is used up of a segment, or seals anew what is left of it; returns the work that it was. */
  #wipeSegment({ row, keys, done }: OpenedBlock, number: number, wiped: Resealed["wiped"]): number {
    const key = segmentKey(keys, number);
    if (done.has(number) || key.every((byte) => byte === 0)) return 0;
    done.add(number);
    const segment = segmentRange(number, row.bytes);
    const ranges = wipeable(
      segment,
      this.#within("used", row, segment),
      this.#within("redelivery", row, segment),
    );
    const plain = bytesOf(ranges) < segment.past - segment.first ? this.#plain(row, number) : null;
    if (plain === null) {
      this.#sealed.removeSegment(row, number);
      key.fill(0);
      wiped.push({ row, number, ranges: [segment] });
      return WORK.removed;
    }
    for (const { first, past } of ranges) plain.fill(0, first - segment.first, past - segment.first);
    key.set(newTreeKeys(1));
    this.#sealed.resealSegment(row, number, key, plain);
    plain.fill(0);
    wiped.push({ row, number, ranges });
    return WORK.resealed;
  }

  /** A copy of a segment; null for a damaged one: its block is set aside, and it is removed. */
  #plain(row: BlockRow, number: number): Uint8Array | null {
    try {
      return this.#sealed.segment(row, number).slice();
    } catch (error) {
      if (!(error instanceof DamagedBlockError)) throw error;
      quarantineBlock(this.#store, this.#sealed, row.id);
      return null;
    }
  }

  /** The rows of a table of ranges that reach into a segment, in order. */
  #within(table: "used" | "redelivery", row: BlockRow, segment: ByteRange): ByteRange[] {
    return this.#store.db
      .all<ByteRange>(
        `SELECT first, past FROM ${table} WHERE block = ?1 AND first < ?3 AND first >= coalesce(
          (SELECT max(first) FROM ${table} WHERE block = ?1 AND first <= ?2), ?2) ORDER BY first`,
        row.id,
        segment.first,
        segment.past,
      )
      .filter(({ past }) => past > segment.first);
  }
}
