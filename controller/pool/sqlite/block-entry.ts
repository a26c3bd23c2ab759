import { KeyStoreError } from "../../../errors/index.ts";
import { deliverablePart } from "../block-halves.ts";
import type { PendingBlock } from "../key-pool.ts";
import { pairEnd } from "../proposer.ts";
import { checkBlock } from "../request-limits.ts";
import { wrapKey } from "../sealing.ts";
import type { AuthPads } from "./auth-pads.ts";
import type { BlockTable } from "./block-table.ts";
import type { EpsilonSums } from "./epsilon-ledger.ts";
import type { SealedBlock, SealedBlocks } from "./sealed-blocks.ts";
import { type BlockRow, type StoreContext, tailBinding } from "./store-context.ts";

/** Space that blocks leave free, so that handing out keys goes on when the disk is nearly full. */
const HEADROOM_BYTES = 2 * 2 ** 20;
/** Segments written in one transaction: half a megabyte, a few milliseconds. */
const SEGMENTS_AT_ONCE = 128;

/** How blocks enter the store. */
export class BlockEntry {
  readonly #store: StoreContext;
  readonly #sealed: SealedBlocks;
  readonly #blocks: BlockTable;
  readonly #auth: AuthPads;
  /** Blocks under way, by their id. */
  readonly #entering = new Map<string, SealedBlock>();
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
   * other callers waiting. Until the last one is durable the block does not exist for anybody; then follows `entered`,
   * or after a failed one `abandon`. A step may be tried again.
   */
  steps(block: PendingBlock<Uint8Array>): (() => void)[] {
    checkBlock(block);
    const key = deliverablePart(block);
    const sealed = this.#sealed.seal(
      {
        pair: this.#store.pair,
        block_id: block.blockId,
        origin: block.origin,
        epoch: this.#store.epoch,
      },
      key,
    );
    this.#entering.set(block.blockId, sealed);
    const count = Math.ceil(sealed.segments / SEGMENTS_AT_ONCE);
    return Array.from({ length: count }, (_, step) => () => {
      const row = step === 0 ? this.#begin(block, key, sealed) : this.#loading(block.blockId);
      if (row === undefined) return;
      const past = Math.min((step + 1) * SEGMENTS_AT_ONCE, sealed.segments);
      for (let number = step * SEGMENTS_AT_ONCE; number < past; number += 1) sealed.storeSegment(row, number);
      if (step === count - 1) this.#finish(row, block, key.length);
    });
  }

  /** Wipes from memory what sealing a block needed; nothing of it is kept back for a step that is tried again. */
  entered(blockId: string): void {
    this.#entering.get(blockId)?.wipe();
    this.#entering.delete(blockId);
  }

  /** Removes what a failed addition left. */
  abandon(blockId: string): void {
    const { db, pair } = this.#store;
    const loading = "FROM block WHERE state = 'loading' AND pair = ? AND block_id = ?";
    for (const { id } of db.all<{ id: number }>(`SELECT id ${loading}`, pair, blockId))
      this.#sealed.forget(id);
    db.run(`DELETE ${loading}`, pair, blockId);
    this.entered(blockId);
  }

  /** Enters the block's row; undefined when the store holds this block already. */
  #begin(block: PendingBlock<Uint8Array>, key: Uint8Array, sealed: SealedBlock): number | undefined {
    const known = this.#blocks.find(block.blockId);
    if (known !== undefined && this.#sameBlock(known, block, key)) return undefined;
    if (known !== undefined) {
      throw new KeyStoreError("QKD_KEYSTORE_CONFLICT", "another block has this id or was used already", {
        context: { blockId: block.blockId, sequence: block.sequence },
      });
    }
    // Room for the block in the log and in the file, and for the small changes of handing keys out afterwards.
    if (this.#store.db.freeBytes() < 2 * key.length + HEADROOM_BYTES) {
      throw new KeyStoreError("QKD_KEYSTORE_FULL", "too little space is left for another block", {
        retryable: true,
        context: { blockId: block.blockId, bytes: key.length },
      });
    }
    const row = this.#insert(block, key.length);
    sealed.enter(row);
    return row;
  }

  #insert(block: PendingBlock<Uint8Array>, bytes: number): number {
    const { pair, linkId, site, epoch, wrappingKey, now } = this.#store;
    const { secrecy, correctness, authentication } = block.epsilon;
    return this.#store.db.run(
      `INSERT INTO block (pair, block_id, origin, sequence, state, epoch, created_at_ms, secrecy, correctness,
        authentication, bytes, auth_bytes, block_bytes, proposed, lack_bytes, stored_at_ms, peer_offset_ms, tail,
        computational, route)
        VALUES (?, ?, ?, ?, 'loading', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      pair,
      block.blockId,
      block.origin,
      block.sequence,
      epoch,
      block.createdAtMs,
      secrecy,
      correctness,
      authentication,
      bytes,
      block.authBytes ?? 0,
      block.key.length,
      pairEnd(site) === "proposer" ? 1 : 0,
      block.lackBytes ?? 0,
      now(),
      Math.round(block.peerOffsetMs ?? 0),
      wrapKey(wrappingKey, block.tail, tailBinding(linkId, { block_id: block.blockId, epoch })),
      isComputational(block) || this.#auth.classOf(block.padOffsets) === "computational" ? 1 : 0,
      block.origin === "relay" || block.route !== undefined ? JSON.stringify(block.route ?? []) : null,
    ).lastId;
  }

  #loading(blockId: string): number | undefined {
    const row = this.#blocks.find(blockId);
    return row?.state === "loading" ? row.id : undefined;
  }

  #finish(row: number, block: PendingBlock<Uint8Array>, bytes: number): void {
    const { blockId, origin, sequence, key, authBytes = 0 } = block;
    this.#sums.stored(origin, block.epsilon);
    this.#store.db.run("UPDATE block SET state = 'pending', total = ? WHERE id = ?", this.#sums.total, row);
    this.#blocks.note("blockAdded", { block_id: blockId }, { origin, sequence, bytes });
    if (authBytes > 0) this.#auth.hold(blockId, sequence, key.subarray(0, authBytes));
  }

  #sameBlock(known: BlockRow, block: PendingBlock<Uint8Array>, key: Uint8Array): boolean {
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

/** Whether a block rests on computational assumptions whatever its pads were: one for which no secrecy is claimed. */
function isComputational({ origin, epsilon }: PendingBlock<Uint8Array>): boolean {
  return origin === "pqc" || (origin === "hybrid" && epsilon.secrecy >= 1);
}
