import { dropShare } from "./auth-shares.ts";
import { enterNotice } from "./notices.ts";
import type { SealedBlocks } from "./sealed-blocks.ts";
import type { BlockRow, StoreBase } from "./store-context.ts";
import { noteLoss } from "./store-losses.ts";

/** Ends a block's life, of whichever pair. The ciphertext that is still there is nothing once the next sweep has drawn a new root. */
export function destroyBlock(store: StoreBase, sealed: SealedBlocks, row: BlockRow, event: string): void {
  const { db, audit, now } = store;
  db.run("DELETE FROM redelivery WHERE block = ?", row.id);
  db.run("UPDATE block SET state = 'spent', tail = NULL WHERE id = ?", row.id);
  dropShare(db, row.pair, row.block_id);
  sealed.forget(row.id);
  const { block_id: blockId, origin, own_used: ownUsed, peer_used: peerUsed } = row;
  audit.append(now(), event, { blockId, origin, ownUsed, peerUsed });
}

/** Sets a damaged block aside, of whichever pair: nothing of it is delivered any more. */
export function quarantineBlock(store: StoreBase, sealed: SealedBlocks, rowId: number): void {
  const { db, audit, now } = store;
  const row = db.one<BlockRow>("SELECT * FROM block WHERE id = ?", rowId);
  if (row === undefined || row.state === "spent" || row.state === "quarantined") return;
  db.run("UPDATE block SET state = 'quarantined', tail = NULL WHERE id = ?", rowId);
  sealed.forget(rowId);
  const { pair, origin, sequence, block_id: blockId } = row;
  enterNotice(db, pair, blockId, "damaged");
  audit.append(now(), "blockQuarantined", { blockId, origin });
  noteLoss(store, { pair, kind: "blockUnreadable", origin, sequence, blockId });
}
