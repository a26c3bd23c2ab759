import { KeyStoreError } from "../../../errors/index.ts";
import { blockHalves, deliverablePart } from "../block-halves.ts";
import type { NewBlock } from "../key-pool.ts";
import { checkBlock } from "../request-limits.ts";
import type { AuthPads } from "./auth-pads.ts";
import type { BlockTable } from "./block-table.ts";
import type { EpsilonSums } from "./epsilon-ledger.ts";
import type { SealedBlock, SealedBlocks } from "./sealed-blocks.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";

/** Space that blocks leave free, so that handing out keys goes on when the disk is nearly full. */
const HEADROOM_BYTES = 2 * 2 ** 20;
/** Chunks written in one transaction: half a megabyte, a few milliseconds. */
const CHUNKS_AT_ONCE = 8;

/** How blocks enter the store. */
export class BlockEntry {
  readonly #store: StoreContext;
  readonly #sealed: SealedBlocks;
  readonly #blocks: BlockTable;
  readonly #auth: AuthPads;
  readonly #sums: EpsilonSums;

  constructor(
    store: StoreContext,
    sealed: SealedBlocks,
    blocks: BlockTable,
    auth: AuthPads,
    sums: EpsilonSums,
  ) {
    this.#store = store;
    this.#sealed = sealed;
    this.#blocks = blocks;
    this.#auth = auth;
    this.#sums = sums;
  }

  /**
   * The steps that store a block as pending, each for a transaction of its own, so that a large block does not keep
   * other callers waiting. Until the last one is durable the block does not exist for anybody; `abandon` undoes a
   * failed one.
   */
  steps(block: NewBlock<Uint8Array>): (() => void)[] {
    checkBlock(block);
    const key = deliverablePart(block);
    const sealed = this.#sealed.seal(
      { block_id: block.blockId, origin: block.origin, epoch: this.#store.epoch },
      key,
    );
    const count = Math.ceil(sealed.chunks / CHUNKS_AT_ONCE);
    return Array.from({ length: count }, (_, step) => () => {
      const row = step === 0 ? this.#begin(block, key, sealed) : this.#loading(block.blockId);
      if (row === undefined) return;
      const past = Math.min((step + 1) * CHUNKS_AT_ONCE, sealed.chunks);
      for (let number = step * CHUNKS_AT_ONCE; number < past; number += 1) sealed.storeChunk(row, number);
      if (step === count - 1) this.#finish(row, block, key.length, sealed);
    });
  }

  /** Removes what a failed or interrupted addition left; without an id, of all blocks. */
  abandon(blockId?: string): void {
    this.#store.db.run(
      "DELETE FROM block WHERE state = 'loading' AND (?1 IS NULL OR block_id = ?1)",
      blockId ?? null,
    );
  }

  /** Enters the block's row; undefined when the store holds this block already. */
  #begin(block: NewBlock<Uint8Array>, key: Uint8Array, sealed: SealedBlock): number | undefined {
    const known = this.#blocks.find(block.blockId);
    if (known !== undefined && this.#sameBlock(known, block, key)) return undefined;
    if (known !== undefined) {
      throw new KeyStoreError("QKD_KEYSTORE_CONFLICT", "another block has this id or was used already", {
        context: { blockId: block.blockId, sequence: block.sequence },
      });
    }
    if (!this.#blocks.hasRoom(block.origin, key.length)) {
      throw new KeyStoreError("QKD_KEYSTORE_CAPACITY", "the pool is full; the block was not stored", {
        retryable: true,
        context: { blockId: block.blockId, origin: block.origin },
      });
    }
    // Room for the block in the log and in the file, and for the small changes of handing keys out afterwards.
    if (this.#store.db.freeBytes() < 2 * key.length + HEADROOM_BYTES) {
      throw new KeyStoreError("QKD_KEYSTORE_FULL", "too little space is left for another block", {
        retryable: true,
        context: { blockId: block.blockId, bytes: key.length },
      });
    }
    return this.#insert(block, key.length, sealed.wrapped);
  }

  #insert(block: NewBlock<Uint8Array>, bytes: number, wrapped: Uint8Array): number {
    const { own, peer } = blockHalves(bytes, this.#store.site);
    const { secrecy, correctness, authentication } = block.epsilon;
    return this.#store.db.run(
      `INSERT INTO block (block_id, origin, sequence, state, epoch, created_at_ms, secrecy, correctness,
        authentication, bytes, own_first, own_past, peer_first, peer_past, data_key, computational)
        VALUES (?, ?, ?, 'loading', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      block.blockId,
      block.origin,
      block.sequence,
      this.#store.epoch,
      block.createdAtMs,
      secrecy,
      correctness,
      authentication,
      bytes,
      own.first,
      own.past,
      peer.first,
      peer.past,
      wrapped,
      block.origin === "pqc" || this.#auth.classOf(block.padOffsets) === "computational" ? 1 : 0,
    ).lastId;
  }

  #loading(blockId: string): number | undefined {
    const row = this.#blocks.find(blockId);
    return row?.state === "loading" ? row.id : undefined;
  }

  #finish(row: number, block: NewBlock<Uint8Array>, bytes: number, sealed: SealedBlock): void {
    const { blockId, origin, sequence, key, authBytes = 0 } = block;
    this.#sums.stored(origin, block.epsilon);
    this.#store.db.run("UPDATE block SET state = 'pending', total = ? WHERE id = ?", this.#sums.total, row);
    this.#blocks.note("blockAdded", { block_id: blockId }, { origin, sequence, bytes });
    if (authBytes > 0) this.#auth.hold(blockId, sequence, key.subarray(0, authBytes));
    sealed.wipe();
  }

  #sameBlock(known: BlockRow, block: NewBlock<Uint8Array>, key: Uint8Array): boolean {
    return (
      known.origin === block.origin &&
      known.sequence === block.sequence &&
      known.created_at_ms === block.createdAtMs &&
      known.bytes === key.length &&
      (known.state === "pending" || known.state === "available") &&
      this.#sealed.holds(known, key)
    );
  }
}
