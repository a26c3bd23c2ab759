import type { KeyOrigin } from "./key-origin.ts";

/** What a loss is of. */
export type LossKind =
  | "ownBurnt"
  | "peerBurnt"
  | "blockQuarantined"
  | "blockUnreadable"
  | "blocksMissing"
  | "ownPadsBurnt"
  | "peerPadsBurnt";

/**
 * How a store was found. `fresh`: made now. `clean`: as it was closed. `crashed`: not closed, and nothing says that
 * changes are missing. `rolledBack`: changes that were durable are missing for certain. `emptied`: the database is gone.
 * `replaced`: this is another database. `unanchored`: nothing outside the database says what had left it.
 */
export type OpeningKind =
  | "fresh"
  | "clean"
  | "crashed"
  | "rolledBack"
  | "emptied"
  | "replaced"
  | "unanchored";

/** What an opening found, and what it took out of use because it may have been given before. */
export interface OpeningReport {
  readonly kind: OpeningKind;
  readonly atMs: number;
  /** Counts the openings of a store. */
  readonly generation: number;
  /** What shows that the database is not the newest; empty where nothing does. */
  readonly evidence: readonly string[];
  /** Bits of both halves that are not handed out any more, of blocks that were available. */
  readonly burntBits: number;
  /** Bits of the stock that cannot be read any more, because the root file was lost or is another. */
  readonly lostBits: number;
  /** Bytes of authentication key of both directions that are not used any more. */
  readonly burntPadBytes: number;
  /** Own pads wait for the other site's word, or for a fresh secret: `AuthReserve.resumeFrom`. */
  readonly padsHeldBack: boolean;
  /** Milliseconds since 1970 when this store was last known to be in use; 0 where nothing tells. */
  readonly lastSeenMs: number;
}

/** Blocks of an origin by their numbers, the last one included. */
export interface BlockRange {
  readonly origin: KeyOrigin;
  readonly first: number;
  readonly last: number;
}

/** A block of which this site's own half is not handed out any more, and what was left of it. */
export interface LostBlock {
  readonly blockId: string;
  readonly lostBits: number;
}

/**
 * One thing that an opening took out of use or found missing, or that could not be read. `ownBurnt`, `peerBurnt`: a range of a block's half;
 * `blockQuarantined`: a block that may have been released and is pending here, never handed out; `blockUnreadable`: a block
 * whose key does not open any more; `blocksMissing`: blocks `sequence` to `throughSequence` may have been released and are
 * not here; `ownPadsBurnt`, `peerPadsBurnt`: a range of the reserve.
 */
export interface StoreLoss {
  readonly number: number;
  readonly atMs: number;
  readonly generation: number;
  readonly kind: LossKind;
  /** Null for pads. */
  readonly origin: KeyOrigin | null;
  /** -1 for pads. */
  readonly sequence: number;
  readonly throughSequence: number;
  readonly blockId: string | null;
  /** Bytes within the block or the reserve, `past` excluded; 0 to 0 where blocks as a whole are meant. */
  readonly first: number;
  readonly past: number;
}
