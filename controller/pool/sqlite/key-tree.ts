import { randomBytes } from "node:crypto";
import { KeyStoreError } from "../../../errors/index.ts";
import type { KeyRoot } from "../deletion/key-root.ts";
import type { RootOfGeneration } from "../deletion/root-slots.ts";
import { packRootVector, unpackRootVector } from "../deletion/root-vector.ts";
import { TREE_KEY_BYTES } from "../deletion/segments.ts";
import { type Binding, openOnce, sealOnce, unwrapKey, wrapKey } from "../sealing.ts";
import type { BlockRow, StoreBase } from "./store-context.ts";

/** The store as the tree sees it: its name, which the root is bound to, is the id of the link that it began with. */
export interface TreeStore extends StoreBase {
  readonly name: string;
}

/** What names a block in everything sealed for it. */
export type BlockIdentity = Pick<BlockRow, "pair" | "block_id" | "origin" | "epoch">;

/** Keys that a sweep has drawn and written; `adopt` puts them in the place of the ones before. */
export interface KeysDrawn {
  readonly root: RootOfGeneration;
  readonly blockKeys: Map<number, Uint8Array>;
  readonly segmentKeys: Map<number, Uint8Array>;
}

/**
 * The keys over the stored blocks: the root seals the root vector (the block keys), a block key seals its block vector
 * (the segment keys), a segment key its segment. Forgetting is drawing a new root: whatever was sealed under the old
 * one, wherever a copy of it lies, cannot be opened any more.
 *
 * A block key also enters alone, wrapped under the root (`fresh_key`), so that a new block does not cost the vector.
 */
export class KeyTree {
  readonly root: KeyRoot;
  readonly #store: TreeStore;
  /** By row of the block. */
  readonly #blockKeys: Map<number, Uint8Array>;
  /** Opened block vectors: the segment keys of a block, one after the other. */
  readonly #segmentKeys = new Map<number, Uint8Array>();
  #holdsDead = false;

  private constructor(store: TreeStore, root: KeyRoot, blockKeys: Map<number, Uint8Array>) {
    this.#store = store;
    this.root = root;
    this.#blockKeys = blockKeys;
  }

  /** The tree of a store without a block that can be read. */
  static empty(store: TreeStore, root: KeyRoot): KeyTree {
    return new KeyTree(store, root, new Map());
  }

  /** Opens the keys under `root`; QKD_KEYSTORE_UNREADABLE when it does not open the root vector. */
  static open(store: TreeStore, root: KeyRoot): KeyTree {
    const { db } = store;
    const { generation, root: key } = root.inForce;
    const sealed = db.one<{ vector: Uint8Array }>("SELECT vector FROM key_root")?.vector;
    const packed = unwrapKey(key, sealed ?? new Uint8Array(0), rootBinding(store, generation));
    const blockKeys = unpackRootVector(packed);
    packed.fill(0);
    const tree = new KeyTree(store, root, blockKeys);
    for (const { block, sealed } of db.all<{ block: number; sealed: Uint8Array }>(
      "SELECT block, sealed FROM fresh_key",
    )) {
      try {
        blockKeys.set(block, unwrapKey(key, sealed, freshBinding(store, block)));
      } catch {
        // The block has no key then, and is set aside when it is read.
      }
    }
    // What was destroyed before a crash left no mark; copies of its wrapped key may lie anywhere.
    tree.#holdsDead = true;
    return tree;
  }

  /** True while the root may still open keys of blocks that are destroyed. */
  get holdsDead(): boolean {
    return this.#holdsDead;
  }

  /** Enters a block, whose row exists, with its segment keys. */
  enter(row: number, identity: BlockIdentity, segmentKeys: Uint8Array): void {
    const { db } = this.#store;
    const blockKey = newTreeKeys(1);
    const sealed = sealOnce(blockKey, segmentKeys, vectorBinding(this.#store, identity));
    db.run("INSERT INTO block_vector VALUES (?, ?)", row, sealed);
    const wrapped = wrapKey(this.root.inForce.root, blockKey, freshBinding(this.#store, row));
    db.run("INSERT INTO fresh_key VALUES (?, ?)", row, wrapped);
    this.#forgetOpened(row);
    this.#blockKeys.get(row)?.fill(0);
    this.#blockKeys.set(row, blockKey);
  }

  /**
   * The segment keys of a block: the caller neither changes nor keeps them. QKD_KEYSTORE_UNREADABLE when the block
   * vector does not open.
   */
  segmentKeys(row: BlockRow): Uint8Array {
    let keys = this.#segmentKeys.get(row.id);
    if (keys === undefined) {
      const stored = this.#store.db.one<{ sealed: Uint8Array }>(
        "SELECT sealed FROM block_vector WHERE block = ?",
        row.id,
      );
      const blockKey = this.#blockKeys.get(row.id);
      if (stored === undefined || blockKey === undefined)
        throw new KeyStoreError("QKD_KEYSTORE_UNREADABLE", "a stored block has no key");
      keys = openOnce(blockKey, stored.sealed, vectorBinding(this.#store, row));
      this.#segmentKeys.set(row.id, keys);
    }
    return keys;
  }

  /** Wipes what is opened of a block that was destroyed; the next sweep takes its key out of the tree. */
  forget(row: number): void {
    this.#forgetOpened(row);
    this.#holdsDead = true;
  }

  /** Seals a block's segment keys under a new block key; within the transaction that `sealRoot` ends. */
  sealBlock(row: BlockRow, segmentKeys: Uint8Array): Uint8Array {
    const blockKey = newTreeKeys(1);
    const sealed = sealOnce(blockKey, segmentKeys, vectorBinding(this.#store, row));
    this.#store.db.run("UPDATE block_vector SET sealed = ? WHERE block = ?", sealed, row.id);
    return blockKey;
  }

  /** Seals the keys of all blocks that live, those of `drawn` first, under the new root, which the database then needs. */
  sealRoot({ root, blockKeys }: KeysDrawn): void {
    const { db } = this.#store;
    const all = new Map<number, Uint8Array>();
    const live = this.#liveBlocks();
    for (const [row, key] of this.#blockKeys) if (live.has(row)) all.set(row, blockKeys.get(row) ?? key);
    const packed = packRootVector(all);
    const sealed = wrapKey(root.root, packed, rootBinding(this.#store, root.generation));
    packed.fill(0);
    db.run("UPDATE key_root SET generation = ?, vector = ?", root.generation, sealed);
    db.run("DELETE FROM fresh_key");
  }

  /** The transaction is durable: the drawn keys take the place of the ones before, which are wiped. */
  adopt({ root, blockKeys, segmentKeys }: KeysDrawn): void {
    this.root.adopt(root);
    for (const [row, key] of blockKeys) {
      this.#blockKeys.get(row)?.fill(0);
      this.#blockKeys.set(row, key);
    }
    for (const [row, keys] of segmentKeys) {
      this.#forgetOpened(row);
      this.#segmentKeys.set(row, keys);
    }
    const live = this.#liveBlocks();
    for (const [row, key] of this.#blockKeys) {
      if (live.has(row)) continue;
      key.fill(0);
      this.#blockKeys.delete(row);
    }
    this.#holdsDead = false;
  }

  /** Wipes all keys from memory and closes the root. */
  close(): void {
    for (const keys of [this.#blockKeys, this.#segmentKeys]) {
      for (const key of keys.values()) key.fill(0);
      keys.clear();
    }
    this.root.close();
  }

  #forgetOpened(row: number): void {
    this.#segmentKeys.get(row)?.fill(0);
    this.#segmentKeys.delete(row);
  }

  #liveBlocks(): ReadonlySet<number> {
    const rows = this.#store.db.all<{ id: number }>("SELECT id FROM block WHERE state <> 'spent'");
    return new Set(rows.map(({ id }) => id));
  }
}

/** Fresh keys of the tree, one after the other. */
export function newTreeKeys(count: number): Uint8Array {
  return new Uint8Array(randomBytes(count * TREE_KEY_BYTES));
}

function rootBinding({ name: linkId }: TreeStore, generation: number): Binding {
  return ["root vector", linkId, generation];
}

function vectorBinding({ linkIds }: TreeStore, block: BlockIdentity): Binding {
  const linkId = linkIds.of(block.pair);
  return ["block vector", block.block_id, linkId, block.origin, block.epoch];
}

function freshBinding({ name: linkId }: TreeStore, row: number): Binding {
  return ["block key", linkId, row];
}
