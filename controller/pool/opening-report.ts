import type { KeyOrigin } from "./key-origin.ts";

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

/**
 * One thing that an opening took out of use or found missing. `ownBurnt`, `peerBurnt`: a range of a block's half;
 * `blockQuarantined`: a block that may have been released and is pending here, never handed out; `blocksMissing`:
 * blocks `sequence` to `throughSequence` may have been released and are not here.
 */
export interface StoreLoss {
  readonly number: number;
  readonly atMs: number;
  readonly generation: number;
  readonly kind: "ownBurnt" | "peerBurnt" | "blockQuarantined" | "blocksMissing";
  readonly origin: KeyOrigin;
  readonly sequence: number;
  readonly throughSequence: number;
  readonly blockId: string | null;
  /** Bytes within the block, `past` excluded; 0 to 0 where blocks as a whole are meant. */
  readonly first: number;
  readonly past: number;
}
