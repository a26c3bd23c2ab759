import type { KeyOrigin } from "../key-pool.ts";

/** Origins in the order in which the file holds them. */
export const ANCHORED_ORIGINS: readonly KeyOrigin[] = ["qkd", "relay", "hybrid", "pqc"];

/** A place in an origin's key: `offset` bytes of a half of block `sequence`, and all of every block before it. */
export interface Position {
  readonly sequence: number;
  readonly offset: number;
}

/** Offset beyond the end of every block. */
export const WHOLE_BLOCK = 2 ** 40;

/** Before everything. */
export const NOWHERE: Position = { sequence: -1, offset: 0 };

/** Up to where bytes may leave, and up to where they had left for certain when the record was written. */
export interface Frontier {
  readonly upTo: Position;
  readonly reached: Position;
}

/** What one origin may have given. */
export interface OriginAnchor {
  /** Of this site's own half; offsets count its bytes from where it begins to be used. */
  readonly own: Frontier;
  /** Of the other site's half; offsets count from the beginning of the block. */
  readonly fetched: Frontier;
  /** Highest sequence of a block that was made available; -1 for none. */
  readonly released: number;
}

/** Pads of one pre-placed secret that may have been used: offsets of the next free byte of each direction, as far as known. */
export interface PadAnchor {
  /** First 16 bytes of the secret's keyed fingerprint, hex. */
  readonly secret: string;
  readonly own: number;
  readonly peer: number;
  /** More may have been used than the offsets say: own pads wait for the other site's word, or for a fresh secret. */
  readonly held: boolean;
}

/** The newest entry of the audit log; its hash stands for all that the database ever did. */
export interface AuditHead {
  readonly number: number;
  /** 32 bytes, hex. */
  readonly hash: string;
}

/** What a store knows of itself outside its database. */
export interface AnchorRecord {
  /** 16 bytes, hex: names this database and no copy made anew. */
  readonly storeId: string;
  /** Rises with each record. */
  readonly version: number;
  /** The store was closed behind this record: frontiers are exact. */
  readonly clean: boolean;
  /** Number of the opening that wrote it. */
  readonly generation: number;
  /** Of the last durable commit before the record was written. */
  readonly audit: AuditHead;
  /** Milliseconds since 1970; never falls. */
  readonly lastSeenMs: number;
  readonly origins: Readonly<Record<KeyOrigin, OriginAnchor>>;
  /** Every secret that was ever in force, the one in force last; see MAX_ANCHORED_SECRETS. */
  readonly pads: readonly PadAnchor[];
}

/** Secrets that a record names; of more, the oldest are forgotten. */
export const MAX_ANCHORED_SECRETS = 64;

const NONE: Frontier = { upTo: NOWHERE, reached: NOWHERE };
const NOTHING: OriginAnchor = { own: NONE, fetched: NONE, released: -1 };

/** The record of a store that has done nothing. */
export function firstRecord(storeId: string): AnchorRecord {
  return {
    storeId,
    version: 0,
    clean: false,
    generation: 0,
    audit: { number: 0, hash: "00".repeat(32) },
    lastSeenMs: 0,
    origins: eachOrigin(() => NOTHING),
    pads: [],
  };
}

/** A value for each origin. */
export function eachOrigin<T>(value: (origin: KeyOrigin) => T): Record<KeyOrigin, T> {
  return Object.fromEntries(ANCHORED_ORIGINS.map((origin) => [origin, value(origin)])) as Record<
    KeyOrigin,
    T
  >;
}

/** Whether `a` lies before `b`. */
export function isBefore(a: Position, b: Position): boolean {
  return a.sequence < b.sequence || (a.sequence === b.sequence && a.offset < b.offset);
}

/** The later of two positions. */
export function later(a: Position, b: Position): Position {
  return isBefore(a, b) ? b : a;
}

/** Highest sequence that an origin ever gave anything of. */
export function lastSequence({ own, fetched, released }: OriginAnchor): number {
  return Math.max(own.upTo.sequence, fetched.upTo.sequence, released);
}

/** Whether anything may have left under this record that must never leave again. */
export function hasGiven(record: AnchorRecord): boolean {
  return (
    ANCHORED_ORIGINS.some((origin) => lastSequence(record.origins[origin]) >= 0) ||
    record.pads.some(({ own, peer, held }) => own > 0 || peer > 0 || held)
  );
}
