/**
 * The contract of a key store: whatever keeps one site's keys offers `OpenKeyPool`, and passes
 * `test/contract/key-store-contract.ts`. `Secret` is how key material is held: SecretBytes wherever anything could
 * print them, bare bytes inside a store and between its threads.
 */
import type { SecretBytes } from "../../protocol/index.ts";
import type { KeyOrigin } from "./key-origin.ts";
import type { OpeningReport, StoreLoss } from "./opening-report.ts";

export type { KeyOrigin };

/** The two sites of a link; keys of a block are split into the half that each site hands out. */
export type SiteRole = "alice" | "bob";

/** Failure probabilities of one block, as recorded in its ledger entry. */
export interface BlockEpsilon {
  readonly secrecy: number;
  readonly correctness: number;
  readonly authentication: number;
}

/** A block on its way into the pool; both sites hold the same bits under the same id. */
export interface NewBlock<Secret = SecretBytes> {
  /** 16 bytes as lower-case hex, equal at both sites. */
  readonly blockId: string;
  /** Equal at both sites, strictly increasing per origin. */
  readonly sequence: number;
  readonly origin: KeyOrigin;
  /** Stays the caller's, who may wipe it once the store has answered; the store never changes it. */
  readonly key: Secret;
  /**
   * The first `authBytes` of `key` (default 0) never become keys: they go to the authentication reserve, in the same
   * transaction that makes the block available, so that the reserves of both sites cannot drift apart in a crash.
   */
  readonly authBytes?: number;
  readonly epsilon: BlockEpsilon;
  /** Milliseconds since 1970, chosen by Alice, equal at both sites. */
  readonly createdAtMs: number;
}

/** A key in a caller's hand. */
export interface TakenKey<Secret = SecretBytes> {
  /** UUID that both sites derive alike. */
  readonly keyId: string;
  readonly key: Secret;
  readonly origin: KeyOrigin;
  readonly createdAtMs: number;
  readonly blockId: string;
}

/** Who a key is for: the SAE at the site that takes it first and the SAE that may fetch it at the other site. */
export interface KeyAudience {
  readonly master: string;
  readonly slave: string;
}

/** Pool level in bits and keys. */
export interface PoolStatus {
  readonly origin: KeyOrigin;
  /** Bits that this site can still hand out as master. */
  readonly availableBits: number;
  /** Bits that the other site hands out and this site still holds for `takeById`. */
  readonly peerBits: number;
  readonly capacityBits: number;
  readonly blocks: number;
  readonly oldestCreatedAtMs: number | null;
}

/** A pending block, as the agreement with the other site names it. */
export interface PendingBlock {
  readonly blockId: string;
  readonly origin: KeyOrigin;
  readonly sequence: number;
}

/** Where a block stands here: `spent` ones were handed out, expired, discarded or set aside as damaged. */
export type StoredBlockState = "absent" | "pending" | "available" | "spent";

/** Keys wanted from one origin. `bits` of each key: 8 to 65 536 in whole bytes; `count`: 1 to 4096. */
export interface TakeManyRequest {
  readonly bits: number;
  readonly count: number;
  readonly audience: KeyAudience;
  readonly origin: KeyOrigin;
}

/**
 * One site's durable key store. Every change is on disk before the promise resolves; the store refuses a second
 * delivery of any bit. All errors are KeyStoreError; one call that fails changes nothing and disturbs no other.
 *
 * What both sites must compute alike, whatever stores they use, is not the store's to decide: key IDs (`key-id.ts`),
 * the split of a block (`block-halves.ts`), offsets of authentication key (`auth-layout.ts`).
 */
export interface KeyPool<Secret = SecretBytes> {
  /**
   * Stores a block as pending: durable, not yet handed out. Idempotent for the same block.
   * `QKD_KEYSTORE_REQUEST` for an impossible block, `QKD_KEYSTORE_CONFLICT` when id or sequence belong to another
   * block or one that is spent, `QKD_KEYSTORE_CAPACITY` or `QKD_KEYSTORE_FULL` when there is no room.
   */
  addPending(block: NewBlock<Secret>): Promise<void>;
  /** Both sites hold the block: its keys are handed out from now on. Idempotent. `QKD_KEYSTORE_UNKNOWN_BLOCK`. */
  makeAvailable(blockId: string): Promise<void>;
  /** The other site does not hold the block: destroys it. Nothing happens to an unknown or spent one. */
  discard(blockId: string): Promise<void>;
  /** Blocks not yet available, for agreement with the other site after a restart; by origin and sequence. */
  pending(): Promise<readonly PendingBlock[]>;
  /** Whether the block is known here, and in which state. */
  blockState(blockId: string): Promise<StoredBlockState>;
  /**
   * Takes keys from this site's half, oldest block first, each within one block. Durable before it resolves; all or
   * nothing. `QKD_KEYSTORE_EXHAUSTED` when the half holds too little, `QKD_KEYSTORE_REQUEST` beyond the limits.
   */
  takeMany(request: TakeManyRequest): Promise<TakenKey<Secret>[]>;
  /**
   * Fetches keys that the other site handed out, in the order asked; all or nothing. An ID proves that the other site
   * released the block, so a pending block serves too. `QKD_KEYSTORE_UNKNOWN_KEY` when an id is not a key of this link
   * or was already delivered (a repetition within the store's redelivery time gets the same key again),
   * `QKD_KEYSTORE_FORBIDDEN` when it was made for other SAEs.
   */
  takeByIds(keyIds: readonly string[], audience: KeyAudience): Promise<TakenKey<Secret>[]>;
  status(origin: KeyOrigin): Promise<PoolStatus>;
  /** Highest block sequence of an origin that this store ever held, spent blocks included; -1 for none. */
  highestSequence(origin: KeyOrigin): Promise<number>;
  /**
   * Stops handing out blocks older than `maxAgeMs` (of one origin, or of all), and destroys them a minute later, so
   * that keys handed out last can still be fetched at the other site; returns the bits lost now.
   */
  expire(nowMs: number, maxAgeMs: number, origin?: KeyOrigin): Promise<number>;
  close(): Promise<void>;
}

/** Bytes of authentication key and their place, which the other site is told. */
export interface ReservedPad<Secret = SecretBytes> {
  readonly offset: number;
  readonly material: Secret;
}

/**
 * Reserve of authentication key, apart from delivery. A range is marked used on disk before its bytes are returned, so
 * a crash can waste pads and never reuse one.
 */
export interface AuthReserve<Secret = SecretBytes> {
  /** Next unused bytes of this site's own direction, to make a tag with. `QKD_AUTH_EXHAUSTED`, also while they are held back. */
  reserve(bytes: number): Promise<ReservedPad<Secret>>;
  /**
   * The peer's direction: bytes at the offset the peer named; each range once, never backwards, also of the share of
   * a block that is pending here. `QKD_KEYSTORE_CONFLICT` for a range that is used or not held.
   */
  reserveFromPeer(offset: number, bytes: number): Promise<Secret>;
  /** Adds material that no block carried to both directions (first half Alice to Bob), durable, idempotent for a sequence number. */
  replenish(sequence: number, material: Secret): Promise<void>;
  remaining(): Promise<{ readonly own: number; readonly peer: number }>;
  /** Sequence numbers of the replenishments still held, for agreement with the other site after a restart. */
  held(): Promise<readonly number[]>;
  /** Destroys replenishments that the other site does not hold. */
  forget(sequences: readonly number[]): Promise<void>;
  /**
   * The other site's word, proved by its own key, that it has seen this site's direction used up to `offset`. Skips to
   * it where the store knows less, with a margin for what was still under way, and ends the holding-back of own pads
   * after nothing was left that told how far they are used.
   */
  resumeFrom(offset: number): Promise<void>;
}

/** One entry: what happened, with facts that are safe to show. */
export interface AuditEntry {
  readonly number: number;
  readonly atMs: number;
  readonly event: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** The audit log of a store: an entry for each change, written with it; it holds names and ranges, never key. */
export interface PoolAudit {
  /** Newest entries, newest first. */
  tail(count: number): Promise<AuditEntry[]>;
  /** Recomputes the hash chain; `brokenAt` names the first entry that does not fit. */
  verify(): Promise<{ readonly entries: number; readonly brokenAt: number | null }>;
  /** How this opening found the store, and what it took out of use. */
  opening(): Promise<OpeningReport>;
  /** What openings took out of use or found missing, newest first: what the other site should be told. */
  losses(count: number): Promise<StoreLoss[]>;
}

/** An open store: its keys, its authentication reserve, its audit log. `pool.close()` closes all three. */
export interface OpenKeyPool {
  readonly pool: KeyPool;
  readonly auth: AuthReserve;
  readonly audit: PoolAudit;
}
