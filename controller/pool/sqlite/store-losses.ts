import type { AtOnce } from "../at-once.ts";
import type { KeyPool, PoolAudit } from "../key-pool.ts";
import type { BlockRange, StoreLoss } from "../opening-report.ts";
import type { Database } from "./database.ts";
import { pairRow } from "./pair-table.ts";
import type { StoreBase } from "./store-context.ts";

/** Losses that are kept, the newest. */
const KEPT_LOSSES = 10_000;

type NewLoss = Pick<StoreLoss, "kind"> & { readonly pair: number } & Partial<
    Pick<StoreLoss, "origin" | "sequence" | "throughSequence" | "blockId" | "first" | "past">
  >;

/** Enters what an opening took out of use or found missing. */
export function noteLoss({ db, now }: StoreBase, loss: NewLoss): void {
  const { pair, kind, origin = null, sequence = -1, blockId = null, first = 0, past = 0 } = loss;
  const { throughSequence = sequence } = loss;
  const { lastId } = db.run(
    `INSERT INTO loss (pair, at_ms, generation, kind, origin, sequence, through_sequence, block_id, first, past)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    pair,
    now(),
    pairRow(db, pair).epoch,
    kind,
    origin,
    sequence,
    throughSequence,
    blockId,
    first,
    past,
  );
  db.run("DELETE FROM loss WHERE number <= ?", lastId - KEPT_LOSSES);
}

/** The newest losses, newest first. */
export function newestLosses(db: Database, pair: number): AtOnce<PoolAudit>["losses"] {
  return (count) =>
    db.all<StoreLoss>(
      `SELECT number, at_ms AS atMs, generation, kind, origin, sequence, through_sequence AS throughSequence,
        block_id AS blockId, first, past FROM loss WHERE pair = ? ORDER BY number DESC LIMIT ?`,
      pair,
      count,
    );
}

/** Ranges of blocks that openings found missing, newest first. */
export function missingBlocks(db: Database, pair: number): AtOnce<KeyPool>["missing"] {
  return (count) =>
    db.all<BlockRange>(
      `SELECT origin, sequence AS first, through_sequence AS last FROM loss
        WHERE pair = ? AND kind = 'blocksMissing' ORDER BY number DESC LIMIT ?`,
      pair,
      count,
    );
}
