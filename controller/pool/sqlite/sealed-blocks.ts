import { KeyStoreError } from "../../../errors/index.ts";
import type { ByteRange } from "../block-halves.ts";
import {
  SEGMENT_BYTES,
  segmentCount,
  segmentRange,
  segmentRow,
  TREE_KEY_BYTES,
} from "../deletion/segments.ts";
import { type Binding, openOnce, sealOnce } from "../sealing.ts";
import { type BlockIdentity, type KeyTree, newTreeKeys } from "./key-tree.ts";
import type { BlockRow, StoreBase } from "./store-context.ts";

/** Opened segments that stay in memory, half a megabyte. */
const OPENED_SEGMENTS = 128;

/** Thrown inside a transaction when a block's ciphertext does not open; the store then quarantines the block. */
export class DamagedBlockError extends KeyStoreError {
  readonly blockRow: number;

  constructor(row: BlockRow, cause: unknown) {
    super("QKD_KEYSTORE_UNREADABLE", "a stored block is damaged and was set aside", {
      retryable: true,
      context: { blockId: row.block_id },
      cause,
      remedy: "none needed: later blocks serve on; check the disk",
    });
    this.blockRow = row.id;
  }
}

/** A block being stored. */
export interface SealedBlock {
  readonly segments: number;
  /** Enters its keys, once its row exists. */
  enter(row: number): void;
  storeSegment(row: number, number: number): void;
  /** Wipes the segment keys from memory. */
  wipe(): void;
}

/**
 * Seals blocks in segments of a key each, and opens the ranges that are asked for. The last few opened segments stay in
 * memory, because keys are taken side by side; they are wiped when they leave.
 */
export class SealedBlocks {
  readonly #store: StoreBase;
  readonly #tree: KeyTree;
  /** Opened segments by their row, oldest use first. */
  readonly #opened = new Map<number, Uint8Array>();

  constructor(store: StoreBase, tree: KeyTree) {
    this.#store = store;
    this.#tree = tree;
  }

  /** Prepares a block: its segment keys, and functions that enter them and seal one segment. */
  seal(identity: BlockIdentity, key: Uint8Array): SealedBlock {
    const segments = segmentCount(key.length);
    const keys = newTreeKeys(segments);
    return {
      segments,
      enter: (row) => this.#tree.enter(row, identity, keys),
      storeSegment: (row, number) => {
        const { first, past } = segmentRange(number, key.length);
        const binding = this.#binding(identity, number);
        this.#store.db.run(
          "INSERT INTO segment (id, sealed) VALUES (?, ?)",
          segmentRow(row, number),
          sealOnce(segmentKey(keys, number), key.subarray(first, past), binding),
        );
      },
      wipe: () => keys.fill(0),
    };
  }

  /** Copies `into.length` bytes from offset `first` of a block. DamagedBlockError when they do not open. */
  read(row: BlockRow, first: number, into: Uint8Array): void {
    for (let done = 0; done < into.length; ) {
      const number = Math.floor((first + done) / SEGMENT_BYTES);
      const start = first + done - number * SEGMENT_BYTES;
      const part = this.segment(row, number).subarray(start, start + into.length - done);
      if (part.length === 0) throw new DamagedBlockError(row, new Error("segment too short"));
      into.set(part, done);
      done += part.length;
    }
  }

  /** True when the block holds exactly `key`, so far as it was not delivered. */
  holds(row: BlockRow, key: Uint8Array): boolean {
    const { db } = this.#store;
    const used = db.all<ByteRange>("SELECT first, past FROM used WHERE block = ? ORDER BY first", row.id);
    let same = true;
    let first = 0;
    for (const range of [...used, { first: row.bytes, past: row.bytes }]) {
      const stored = new Uint8Array(range.first - first);
      this.read(row, first, stored);
      same &&= Buffer.compare(stored, key.subarray(first, range.first)) === 0;
      stored.fill(0);
      first = range.past;
    }
    return same;
  }

  /** An opened segment: the caller neither changes nor keeps it. DamagedBlockError when it does not open. */
  segment(row: BlockRow, number: number): Uint8Array {
    const id = segmentRow(row.id, number);
    const opened = this.#opened.get(id) ?? this.#open(row, number);
    this.#opened.delete(id);
    this.#opened.set(id, opened);
    if (this.#opened.size > OPENED_SEGMENTS) {
      const [oldest = id] = this.#opened.keys();
      this.#forgetSegment(oldest);
    }
    return opened;
  }

  /** Seals a segment anew, under a key that sealed nothing yet. */
  resealSegment(row: BlockRow, number: number, key: Uint8Array, plain: Uint8Array): void {
    const sealed = sealOnce(key, plain, this.#binding(row, number));
    this.#store.db.run("UPDATE segment SET sealed = ? WHERE id = ?", sealed, segmentRow(row.id, number));
  }

  removeSegment(row: BlockRow, number: number): void {
    this.#store.db.run("DELETE FROM segment WHERE id = ?", segmentRow(row.id, number));
  }

  /** Wipes ranges of a segment from memory, offsets within the block. */
  wipeOpened(row: BlockRow, number: number, ranges: readonly ByteRange[]): void {
    const opened = this.#opened.get(segmentRow(row.id, number));
    const start = number * SEGMENT_BYTES;
    for (const { first, past } of ranges) opened?.fill(0, first - start, past - start);
  }

  /** Wipes everything of a block that was destroyed from memory, and its key from the tree. */
  forget(rowId: number): void {
    this.#tree.forget(rowId);
    for (const id of [...this.#opened.keys()])
      if (id >= segmentRow(rowId, 0) && id < segmentRow(rowId + 1, 0)) this.#forgetSegment(id);
  }

  /** Wipes all that is opened; it is opened again when it is read. */
  wipeAll(): void {
    for (const id of [...this.#opened.keys()]) this.#forgetSegment(id);
  }

  /** Wipes all that is opened, and the keys, and closes their root. */
  close(): void {
    this.wipeAll();
    this.#tree.close();
  }

  #forgetSegment(id: number): void {
    this.#opened.get(id)?.fill(0);
    this.#opened.delete(id);
  }

  #open(row: BlockRow, number: number): Uint8Array {
    try {
      const key = segmentKey(this.#tree.segmentKeys(row), number);
      const stored = this.#store.db.one<{ sealed: Uint8Array }>(
        "SELECT sealed FROM segment WHERE id = ?",
        segmentRow(row.id, number),
      );
      return openOnce(key, stored?.sealed ?? new Uint8Array(0), this.#binding(row, number));
    } catch (cause) {
      throw new DamagedBlockError(row, cause);
    }
  }

  #binding(block: BlockIdentity, number: number): Binding {
    const linkId = this.#store.linkIds.of(block.pair);
    return ["segment", block.block_id, linkId, block.origin, block.epoch, number];
  }
}

/** The key of segment `number`; a view. */
export function segmentKey(keys: Uint8Array, number: number): Uint8Array {
  return keys.subarray(number * TREE_KEY_BYTES, (number + 1) * TREE_KEY_BYTES);
}
