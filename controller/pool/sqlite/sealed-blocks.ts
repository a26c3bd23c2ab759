import { KeyStoreError } from "../../../errors/index.ts";
import {
  type Binding,
  CHUNK_BYTES,
  newDataKey,
  openChunk,
  sealChunk,
  unwrapKey,
  wrapKey,
} from "../sealing.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";

const CACHED_CHUNKS = 8;

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
  readonly wrapped: Uint8Array;
  readonly chunks: number;
  storeChunk(row: number, number: number): void;
  /** Wipes the data key from memory. */
  wipe(): void;
}

/**
 * Seals blocks under a data key each, in chunks, and opens the ranges that are asked for. The last few opened chunks
 * stay in memory, because keys are taken side by side; they are wiped when they leave.
 */
export class SealedBlocks {
  readonly #store: StoreContext;
  /** Opened chunks, oldest use first; keyed "row/number". */
  readonly #chunks = new Map<string, Uint8Array>();
  readonly #dataKeys = new Map<number, Uint8Array>();

  constructor(store: StoreContext) {
    this.#store = store;
  }

  /** Prepares a block: its wrapped data key, and a function that seals and stores one chunk once the row exists. */
  seal(identity: Pick<BlockRow, "block_id" | "origin" | "epoch">, key: Uint8Array): SealedBlock {
    const dataKey = newDataKey();
    const binding = this.#binding(identity);
    return {
      wrapped: wrapKey(this.#store.wrappingKey, dataKey, binding),
      chunks: Math.ceil(key.length / CHUNK_BYTES),
      storeChunk: (row, number) => {
        const plain = key.subarray(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES);
        const sealed = sealChunk(dataKey, number, plain, binding);
        this.#store.db.run("INSERT INTO chunk (block, number, sealed) VALUES (?, ?, ?)", row, number, sealed);
      },
      wipe: () => dataKey.fill(0),
    };
  }

  /** Copies `into.length` bytes from offset `first` of a block. DamagedBlockError when they do not open. */
  read(row: BlockRow, first: number, into: Uint8Array): void {
    for (let done = 0; done < into.length; ) {
      const number = Math.floor((first + done) / CHUNK_BYTES);
      const chunk = this.#chunk(row, number);
      const start = first + done - number * CHUNK_BYTES;
      const part = chunk.subarray(start, start + into.length - done);
      if (part.length === 0) throw new DamagedBlockError(row, new Error("chunk too short"));
      into.set(part, done);
      done += part.length;
    }
  }

  /** True when the block holds exactly `key`. */
  holds(row: BlockRow, key: Uint8Array): boolean {
    const stored = new Uint8Array(row.bytes);
    this.read(row, 0, stored);
    const same = Buffer.compare(stored, key.subarray(0, row.bytes)) === 0;
    stored.fill(0);
    return same;
  }

  /** Wipes everything of a block from memory. */
  forget(rowId: number): void {
    this.#dataKeys.get(rowId)?.fill(0);
    this.#dataKeys.delete(rowId);
    for (const [name, chunk] of this.#chunks) {
      if (!name.startsWith(`${rowId}/`)) continue;
      chunk.fill(0);
      this.#chunks.delete(name);
    }
  }

  #chunk(row: BlockRow, number: number): Uint8Array {
    const name = `${row.id}/${number}`;
    const cached = this.#chunks.get(name);
    if (cached !== undefined) {
      this.#chunks.delete(name);
      this.#chunks.set(name, cached);
      return cached;
    }
    const chunk = this.#open(row, number);
    this.#chunks.set(name, chunk);
    if (this.#chunks.size > CACHED_CHUNKS) {
      const [oldest, plain] = this.#chunks.entries().next().value ?? [];
      plain?.fill(0);
      if (oldest !== undefined) this.#chunks.delete(oldest);
    }
    return chunk;
  }

  #open(row: BlockRow, number: number): Uint8Array {
    const stored = this.#store.db.one<{ sealed: Uint8Array }>(
      "SELECT sealed FROM chunk WHERE block = ? AND number = ?",
      row.id,
      number,
    );
    try {
      return openChunk(this.#dataKey(row), number, stored?.sealed ?? new Uint8Array(0), this.#binding(row));
    } catch (cause) {
      throw new DamagedBlockError(row, cause);
    }
  }

  #dataKey(row: BlockRow): Uint8Array {
    let dataKey = this.#dataKeys.get(row.id);
    if (dataKey === undefined) {
      dataKey = unwrapKey(this.#store.wrappingKey, row.data_key ?? new Uint8Array(0), this.#binding(row));
      this.#dataKeys.set(row.id, dataKey);
    }
    return dataKey;
  }

  #binding(identity: Pick<BlockRow, "block_id" | "origin" | "epoch">): Binding {
    return ["block", identity.block_id, this.#store.linkId, identity.origin, identity.epoch];
  }
}
