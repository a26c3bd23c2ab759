import { randomBytes } from "node:crypto";
import { KeyRoot } from "../deletion/key-root.ts";
import { rootPath, type WriteAt } from "../deletion/root-file.ts";
import { STORE_NAME_BYTES } from "../deletion/root-slots.ts";
import { destroyBlock } from "./end-block.ts";
import { KeyTree, type TreeStore } from "./key-tree.ts";
import { enterNotice } from "./notices.ts";
import type { SealedBlocks } from "./sealed-blocks.ts";
import type { BlockRow } from "./store-context.ts";
import { noteLoss } from "./store-losses.ts";

/** Why the stock cannot be read any more: what of the root is missing, or does not open. */
export type StockLoss = "rootFile" | "generation" | "unreadable" | "rootVector";

/** The keys of a store; `lost` where another root had to be made, so that what was stored is to be given up. */
export interface OpenedKeyTree {
  readonly tree: KeyTree;
  /** Null also for a store that never had a root. */
  readonly lost: StockLoss | null;
  /** Whether the database does not know the root yet. */
  readonly renewed: boolean;
}

/**
 * Opens the keys of the stored blocks with the root that the database needs. Where the root is gone, belongs to another
 * generation or does not open, the stock is unreadable by design: a new root is made, and `giveUpStock` follows.
 * KeyStoreError for a file that is not this store's or cannot be used: it can be mended, so nothing is given up.
 */
export function openKeyTree(store: TreeStore, databasePath: string, write?: WriteAt): OpenedKeyTree {
  const path = rootPath(databasePath);
  const { storeName, generation } = rootRow(store);
  const owner = { databasePath, storeName, wrappingKey: store.wrappingKey };
  const opened = generation === 0 ? "rootFile" : KeyRoot.open(path, owner, generation, write);
  let missing: StockLoss;
  if (opened instanceof KeyRoot) {
    try {
      return { tree: KeyTree.open(store, opened), lost: null, renewed: false };
    } catch {
      missing = "rootVector";
      opened.close();
    }
  } else {
    missing = opened;
  }
  const tree = KeyTree.empty(store, KeyRoot.renew(path, owner, generation + 1, write));
  return { tree, lost: generation === 0 ? null : missing, renewed: true };
}

/**
 * Enters a new root, and destroys all blocks that it does not open, in one transaction; the other site is to be told of
 * each. Returns the bits lost, by the numbers of their pairs.
 */
export function giveUpStock(
  store: TreeStore,
  { tree, lost, renewed }: OpenedKeyTree,
  sealed: SealedBlocks,
): ReadonlyMap<number, number> {
  const lostBits = new Map<number, number>();
  if (!renewed) return lostBits;
  const { db, audit, now } = store;
  return db.transaction(() => {
    const rows = db.all<BlockRow>("SELECT * FROM block WHERE state <> 'spent' ORDER BY id");
    const bytes = rows.reduce((sum, row) => sum + row.bytes - row.own_used - row.peer_used, 0);
    if (lost !== null)
      audit.append(now(), "stockLost", { reason: lost, blocks: rows.length, bits: 8 * bytes });
    for (const row of rows) {
      destroyBlock(store, sealed, row, "blockLost");
      if (lost === null) continue;
      const { pair, origin, sequence, block_id: blockId } = row;
      lostBits.set(pair, (lostBits.get(pair) ?? 0) + 8 * (row.bytes - row.own_used - row.peer_used));
      noteLoss(store, { pair, kind: "blockUnreadable", origin, sequence, blockId });
      enterNotice(db, pair, blockId, "lost");
    }
    tree.sealRoot({ root: tree.root.inForce, blockKeys: new Map(), segmentKeys: new Map() });
    return lostBits;
  });
}

/** Name and generation of the root; a store without one gets its name, in the file before a root file bears it. */
function rootRow({ db }: TreeStore): { readonly storeName: Uint8Array; readonly generation: number } {
  const select = () =>
    db.one<{ store: Uint8Array; generation: number }>("SELECT store, generation FROM key_root");
  let row = select();
  if (row === undefined) {
    const storeName = new Uint8Array(randomBytes(STORE_NAME_BYTES));
    db.transaction(() => db.run("INSERT INTO key_root VALUES (1, ?, 0, x'')", storeName));
    db.truncateLog();
    row = select();
  }
  return { storeName: row?.store ?? new Uint8Array(0), generation: row?.generation ?? 0 };
}
