/**
 * The contract of a key store: whatever keeps one site's keys offers `OpenKeyPool`, and passes
 * `test/contract/key-store-contract.ts`. `Secret` is how key material is held: SecretBytes wherever anything could
 * print them, bare bytes inside a store and between its threads.
 */
import type { SecretBytes } from "../../protocol/index.ts";
import type { AuthClass } from "./auth-class.ts";
import type { AuthWitness } from "./auth-witness.ts";
import type { CommitTimes } from "./commit-times.ts";
import type { KeyOrigin } from "./key-origin.ts";
import type { BlockRange, LostBlock, OpeningReport, StoreLoss } from "./opening-report.ts";
import type { PadPlace, PadRequest, TakenPad } from "./pad.ts";
import type { ReserveLevel } from "./reserve-level.ts";

export type { AuthClass, KeyOrigin };

/** The two sites of a link; keys of a block are split into the half that each site hands out. */
export type SiteRole = "alice" | "bob";

/** Failure probabilities of one block, as recorded in its ledger entry. */
export interface BlockEpsilon {
  readonly secrecy: number;
  readonly correctness: number;
  readonly authentication: number;
}

/** Names of the nodes of each way, both ends included. Who knows what went over all of them knows the key. */
export type KeyRoute = readonly (readonly string[])[];

/** A block on its way from its source; both sites hold the same bits under the same id. */
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
  /** Where the pads of both tags lay in the reserves; their class is the block's. Unknown counts as the newest. */
  readonly padOffsets?: readonly number[];
  /** Milliseconds since 1970, chosen by Alice, equal at both sites. */
  readonly createdAtMs: number;
  /** Of a relayed block: the ways over which its shares came. */
  readonly route?: KeyRoute;
}

/** A block on its way into the store: `key` without the tail, which the agreement needs to confirm it. */
export interface PendingBlock<Secret = SecretBytes> extends NewBlock<Secret> {
  /** The block's last 64 bytes, kept sealed until its fate is known. */
  readonly tail: Secret;
  /** What this site's half lacks, as the other site is told of this block; default 0. */
  readonly lackBytes?: number;
  /** What is added to this site's clock to get the other's, ms; default 0. */
  readonly peerOffsetMs?: number;
}

/** How the proposer of a block split it, and the tag that proves it to the other site. */
export interface BlockRelease {
  /** Bytes of the block's keys that are Alice's half: whole grains, at most the block. */
  readonly boundaryBytes: number;
  /** 16 bytes as lower-case hex. */
  readonly tag: string;
}

/** A block as the agreement with the other site sees it. */
export interface BlockFacts {
  readonly blockId: string;
  readonly origin: KeyOrigin;
  readonly sequence: number;
  readonly createdAtMs: number;
  readonly epsilon: BlockEpsilon;
  /** Bytes of the block without its tail, and how many of them went to the authentication reserve. */
  readonly blockBytes: number;
  readonly authBytes: number;
  /** Bytes that become keys. */
  readonly keyBytes: number;
  /** `quarantined`: set aside as damaged, or because it may have been released before this store, or the proposer's, went back. */
  readonly state: Exclude<StoredBlockState, "absent"> | "quarantined";
  /** Whether this site proposes the block. */
  readonly proposed: boolean;
  readonly lackBytes: number;
  readonly storedAtMs: number;
  /** Null until the block is released. */
  readonly release: BlockRelease | null;
  /** Smallest range that holds all that was fetched of it here; null while nothing was. */
  readonly fetched: { readonly first: number; readonly past: number } | null;
}

/**
 * Why no more keys of a block are handed out. `handedOut`: the half is used up, nothing is lost. `burnt`: of the receiver's
 * half nothing more is given that lies before a place, since it may have been given before.
 */
export type GoneReason = "handedOut" | "expired" | "damaged" | "lost" | "tagWrong" | "burnt";

/** What this site has to tell the other of a block, until the other has acted on it. */
export interface GoneNotice {
  readonly number: number;
  readonly blockId: string;
  readonly reason: GoneReason;
  /** Of `burnt`, the place: bytes of the block's keys; else 0. */
  readonly past: number;
}

/** What another site's notice came to here. */
export interface HeardNotice {
  /** False while the block is pending here as the acceptor: the notice is to come again. */
  readonly settled: boolean;
  readonly origin: KeyOrigin | null;
  /** Bits of this site's own half that are not handed out any more because of it. */
  readonly lostBits: number;
}

/** A key in a caller's hand. */
export interface TakenKey<Secret = SecretBytes> {
  /** UUID that both sites derive alike. */
  readonly keyId: string;
  readonly key: Secret;
  readonly origin: KeyOrigin;
  readonly createdAtMs: number;
  readonly blockId: string;
  readonly auth: AuthClass;
  /**
   * Bounds on the probability that the key is not what it should be: of its own block, and of everything attempted under
   * the link's secret until that block was stored here. Null where none is claimed: the key came of a key exchange.
   */
  readonly epsilon: { readonly block: number; readonly total: number } | null;
  /** Of a relayed key: the ways of its shares. */
  readonly route?: KeyRoute;
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
  /** Bits that the other site hands out, or has handed out, and this site still holds for `takeById`. */
  readonly peerBits: number;
  /** What the own half lacks to its target, half of the capacity, pending blocks counted by half where the other site splits them. */
  readonly lackBits: number;
  readonly capacityBits: number;
  readonly blocks: number;
  readonly oldestCreatedAtMs: number | null;
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

/** By which clocks blocks grow old. */
export interface Aging {
  readonly nowMs: number;
  readonly maxAgeMs: number;
  /** The other site's clock less this one, ms; null while it is not known. */
  readonly peerOffsetMs: number | null;
  readonly origin?: KeyOrigin;
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
   * block or one that is spent, `QKD_KEYSTORE_FULL` when there is no room.
   */
  addPending(block: PendingBlock<Secret>): Promise<void>;
  /**
   * Both sites hold the block: its keys are handed out from now on, each site's own half as the release splits them.
   * Idempotent; the first release counts. `QKD_KEYSTORE_UNKNOWN_BLOCK`; `QKD_KEYSTORE_CONFLICT` for a split that
   * contradicts what was fetched while the block was pending, that no block of its size can have, and for a block that
   * was destroyed before it was released.
   */
  makeAvailable(blockId: string, release: BlockRelease): Promise<void>;
  /** The other site does not hold the block: destroys it. Nothing happens to an unknown or spent one. */
  discard(blockId: string): Promise<void>;
  /** Destroys what is held of a block, if anything, and enters a notice for the other site, in one commit. */
  lose(blockId: string, reason: GoneReason): Promise<void>;
  /** Blocks whose fate is not known, by origin and sequence. */
  pending(): Promise<readonly BlockFacts[]>;
  /** What is known of a block; null for one that is not, or was forgotten. */
  block(blockId: string): Promise<BlockFacts | null>;
  /** The tail of a pending block; null for any other. */
  tail(blockId: string): Promise<Secret | null>;
  /** Whether the block is known here, and in which state. */
  blockState(blockId: string): Promise<StoredBlockState>;
  /** Blocks that this site released and the other site may not know to be, oldest first, so many at most. */
  unheardReleases(count: number): Promise<readonly BlockFacts[]>;
  /** The other site knows that these are released. Unknown blocks are passed over. */
  releasesHeard(blockIds: readonly string[]): Promise<void>;
  /** What the other site is to be told, oldest first, so many at most; entered with the change that it tells. */
  notices(count: number): Promise<readonly GoneNotice[]>;
  /** The other site has acted on these notices. */
  noticesHeard(numbers: readonly number[]): Promise<void>;
  /** The other site hands out no more keys of a block: neither does this one, but for `handedOut`. Idempotent. */
  hearGone(blockId: string, reason: GoneReason, past?: number): Promise<HeardNotice>;
  /** Blocks that may have been released and were lost with their names, newest first, so many ranges at most. */
  missing(count: number): Promise<readonly BlockRange[]>;
  /** The other site has lost blocks of that range: none of them is handed out any more. Those that lost bits by it. */
  hearMissing(range: BlockRange): Promise<readonly LostBlock[]>;
  /**
   * Takes keys from this site's half, oldest block first, each within one block. Durable before it resolves; all or
   * nothing. `QKD_KEYSTORE_EXHAUSTED` when the half holds too little, `QKD_KEYSTORE_REQUEST` beyond the limits.
   */
  takeMany(request: TakeManyRequest): Promise<TakenKey<Secret>[]>;
  /**
   * Fetches keys that the other site handed out, in the order asked; all or nothing. An ID proves that the other site
   * released the block, so a pending block serves too. `QKD_KEYSTORE_UNKNOWN_KEY` when an id is not a key of this link
   * or was already delivered (a repetition within the store's redelivery time gets the same key again),
   * `QKD_KEYSTORE_FORBIDDEN` when it was made for other SAEs, or when its origin is none of `origins`, with that origin
   * in the context; such keys stay to be fetched.
   */
  takeByIds(
    keyIds: readonly string[],
    audience: KeyAudience,
    origins?: readonly KeyOrigin[],
  ): Promise<TakenKey<Secret>[]>;
  /**
   * Takes a pad for a relay from this site's half of origin `qkd`, oldest blocks first. Durable before it resolves.
   * `QKD_KEYSTORE_EXHAUSTED` when the half would keep less than it is told to, or holds too little of that class.
   */
  takePad(request: PadRequest): Promise<TakenPad<Secret>>;
  /**
   * A pad that the other site took, by the places that it named; all or nothing. Durable before it resolves: a place is
   * opened once, and no key is fetched of it any more. `QKD_KEYSTORE_CONFLICT` for one that was opened or fetched before,
   * `QKD_KEYSTORE_UNKNOWN_KEY` for one that is not held in the other site's half.
   */
  openPad(places: readonly PadPlace[]): Promise<Secret>;
  status(origin: KeyOrigin): Promise<PoolStatus>;
  /** Highest block sequence of an origin that this store ever held, spent blocks included; -1 for none. */
  highestSequence(origin: KeyOrigin): Promise<number>;
  /**
   * Stops handing out blocks of an origin, or of all, that have been stored here for more than `maxAgeMs`, and tells the
   * other site by a notice; destroys them a minute after it has acted on that, so that keys handed out last can still
   * be fetched. A clock that was set back stands still meanwhile. Destroys nothing, and stops no block that is young by
   * the other site's clock, unless `peerOffsetMs` (the other site's clock less this one) is null: then nothing is
   * destroyed, and the own clock alone tells what is old. Returns the bits lost now.
   */
  expire(aging: Aging): Promise<number>;
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
  /** How well filled the reserve is, measured by the pads that the secret in force brought. */
  level(): Promise<ReserveLevel>;
  /** Sequence numbers of the replenishments still held, for agreement with the other site after a restart. */
  held(): Promise<readonly number[]>;
  /** Destroys replenishments that the other site does not hold. */
  forget(sequences: readonly number[]): Promise<void>;
  /**
   * The other site's word that it has seen this site's direction used up to `offset`, and has used its own up to
   * `peerUsed`. Skips to `offset` where the store knows less, with a margin for what was still under way. Where own pads
   * are held back because nothing was left that told how far they are used, that ends, and both directions are passed so far.
   */
  resumeFrom(offset: number, peerUsed: number): Promise<void>;
  /** What the other site may be told when its own pads are held back. */
  witness(): Promise<AuthWitness>;
  /**
   * Begins a round that refills a used-up reserve by a key exchange: its number, used up from now on, and the lowest place
   * that is free in both directions. Alice takes the next number, at least `next`; Bob gives hers as `exactly`.
   * `QKD_KEYSTORE_CONFLICT` for a number that is used or far beyond those known here.
   */
  beginRecovery(number: { readonly next?: number; readonly exactly?: number }): Promise<RecoveryRound>;
  /**
   * Keeps what a round brought, class computational, `place` on: unusable until `settleRecovery` where the other site may
   * not hold it yet. `QKD_KEYSTORE_CONFLICT` for a round that was not begun or has brought something already.
   */
  keepRecovery(round: RecoveryRound, material: Secret, waits: boolean): Promise<void>;
  /** What waits is held by the other site too and usable, or is destroyed. Nothing happens to other rounds. */
  settleRecovery(number: number, held: boolean): Promise<void>;
  recovery(): Promise<RecoveryState>;
}

/** A round of recovery: its number under the secret in force, and where in both reserves its pads lie. */
export interface RecoveryRound {
  readonly number: number;
  readonly place: number;
}

/** Where recovery of a reserve stands. */
export interface RecoveryState {
  /** Lowest number that no round has used here. */
  readonly next: number;
  /** The round whose pads wait to be known held by the other site. */
  readonly waiting: number | null;
  /** The newest rounds whose pads are usable here, newest first, 16 at most. */
  readonly held: readonly number[];
  /** Class of the pads that come next. */
  readonly auth: AuthClass;
}

/** What an attempt at a block cost, and whether a tag was made with the pad that it had of this site's reserve. */
export interface AttemptCost {
  readonly epsilon: BlockEpsilon;
  readonly padsSpent: boolean;
}

/** Sums of failure probabilities over everything attempted under the secret in force. */
export interface EpsilonTotals extends BlockEpsilon {
  /** Of all three. */
  readonly total: number;
  /** Attempts at blocks, with and without a key. */
  readonly attempts: number;
  /** Stored blocks by origin. */
  readonly blocks: Readonly<Partial<Record<KeyOrigin, number>>>;
  /** When the secret was first used here, and the store's clock now; ms since 1970. */
  readonly sinceMs: number;
  readonly atMs: number;
  /** The part of `total` of the last 365 days, and of the last 24 hours. */
  readonly lastYear: number;
  readonly lastDay: number;
}

/** Ledger of failure probabilities under the secret in force: only a fresh secret begins it anew. */
export interface EpsilonLedger {
  /** Enters an attempt that stored no block; `addPending` enters the others by itself, once. */
  charge(cost: AttemptCost): Promise<void>;
  totals(): Promise<EpsilonTotals>;
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
  /** What openings took out of use or found missing, and what could not be read, newest first. */
  losses(count: number): Promise<StoreLoss[]>;
  /** How long commits took since this opening. */
  commits(): Promise<CommitTimes>;
}

/** An open store: its keys, its authentication reserve, ledger and audit log. `pool.close()` closes them all. */
export interface OpenKeyPool {
  readonly pool: KeyPool;
  readonly auth: AuthReserve;
  readonly ledger: EpsilonLedger;
  readonly audit: PoolAudit;
}
