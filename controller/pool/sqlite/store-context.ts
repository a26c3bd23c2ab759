import type { ReachNotes } from "../anchor/reach-notes.ts";
import type { KeyOrigin, SiteRole } from "../key-pool.ts";
import type { Binding } from "../sealing.ts";
import type { AuditLog } from "./audit-log.ts";
import type { Database } from "./database.ts";
import type { LinkIds } from "./link-ids.ts";
import type { SteadyClock } from "./steady-clock.ts";

/** What every part of an open store shares, whichever pair it serves. */
export interface StoreBase {
  readonly db: Database;
  readonly audit: AuditLog;
  /** Link ids by the numbers of pairs: ciphertexts are bound to them. */
  readonly linkIds: LinkIds;
  /** Wraps the root and the data keys of authentication material; derived from the key file. */
  readonly wrappingKey: Uint8Array;
  readonly clock: SteadyClock;
  /** The clock's time: never before a time that this store has seen. */
  readonly now: () => number;
}

/** The same with the pair that a part serves. */
export interface StoreContext extends StoreBase {
  /** Number of the pair. */
  readonly pair: number;
  readonly linkId: string;
  readonly site: SiteRole;
  /** Counts the openings of this pair; fences ciphertexts and shows in the audit log. */
  readonly epoch: number;
  /** Whatever uses key or pads, or releases a block, notes here how far, before its commit. */
  readonly reach: ReachNotes;
}

/** A row of the table `block`. Offsets in bytes within the block. */
export interface BlockRow {
  readonly id: number;
  readonly pair: number;
  readonly block_id: string;
  readonly origin: KeyOrigin;
  readonly sequence: number;
  readonly state: "loading" | "pending" | "available" | "quarantined" | "spent";
  readonly epoch: number;
  readonly created_at_ms: number;
  readonly secrecy: number;
  readonly correctness: number;
  readonly authentication: number;
  readonly bytes: number;
  /** Sum of the ledger when the block was stored. */
  readonly total: number;
  readonly computational: 0 | 1;
  /** JSON of the ways of a relayed block; null for any other. */
  readonly route: string | null;
  readonly auth_bytes: number;
  readonly block_bytes: number;
  readonly proposed: 0 | 1;
  readonly lack_bytes: number;
  readonly stored_at_ms: number;
  readonly peer_offset_ms: number;
  /** Halves are null until the block is released. */
  readonly own_first: number | null;
  readonly own_past: number | null;
  readonly own_used: number;
  readonly peer_first: number | null;
  readonly peer_past: number | null;
  readonly peer_used: number;
  readonly tail: Uint8Array | null;
  readonly boundary: number | null;
  readonly release_tag: string | null;
  readonly closed_at_ms: number | null;
  readonly closing_heard_at_ms: number | null;
  readonly drained_at_ms: number | null;
}

/** What a block's sealed tail is bound to. */
export function tailBinding(linkId: string, row: Pick<BlockRow, "block_id" | "epoch">): Binding {
  return ["tail", row.block_id, linkId, row.epoch];
}
