import type { ReachNotes } from "../anchor/reach-notes.ts";
import type { KeyOrigin, SiteRole } from "../key-pool.ts";
import type { AuditLog } from "./audit-log.ts";
import type { Database } from "./database.ts";

/** What every part of an open store shares. */
export interface StoreContext {
  readonly db: Database;
  readonly audit: AuditLog;
  readonly linkId: string;
  readonly site: SiteRole;
  /** Counts the openings of this store; fences ciphertexts and shows in the audit log. */
  readonly epoch: number;
  /** Wraps the root and the data keys of authentication material; derived from the key file. */
  readonly wrappingKey: Uint8Array;
  readonly now: () => number;
  /** Whatever uses key or pads, or releases a block, notes here how far, before its commit. */
  readonly reach: ReachNotes;
}

/** A row of the table `block`. Offsets in bytes within the block. */
export interface BlockRow {
  readonly id: number;
  readonly block_id: string;
  readonly origin: KeyOrigin;
  readonly sequence: number;
  readonly state: "loading" | "pending" | "available" | "quarantined" | "spent";
  readonly epoch: number;
  readonly created_at_ms: number;
  readonly bytes: number;
  readonly own_first: number;
  readonly own_past: number;
  readonly own_used: number;
  readonly peer_first: number;
  readonly peer_past: number;
  readonly peer_used: number;
}
