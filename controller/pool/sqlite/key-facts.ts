import type { KeyRoute, TakenKey } from "../key-pool.ts";
import type { BlockRow } from "./store-context.ts";

/** What a key takes over from its block. */
export function keyFacts(
  row: BlockRow,
): Pick<TakenKey, "origin" | "createdAtMs" | "blockId" | "auth" | "epsilon" | "route"> {
  return {
    origin: row.origin,
    createdAtMs: row.created_at_ms,
    blockId: row.block_id,
    auth: row.computational === 1 ? "computational" : "information-theoretic",
    epsilon:
      row.origin === "pqc" || (row.origin === "hybrid" && row.secrecy >= 1)
        ? null
        : { block: row.secrecy + row.correctness + row.authentication, total: row.total },
    ...(row.route === null ? {} : { route: JSON.parse(row.route) as KeyRoute }),
  };
}
