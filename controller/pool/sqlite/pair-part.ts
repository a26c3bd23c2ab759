import { existsSync, renameSync } from "node:fs";
import { Anchor, type AnchorOwner, type AnchorSettings } from "../anchor/anchor.ts";
import type { AuditHead } from "../anchor/anchor-record.ts";
import { LEAST_LEASE_BYTES } from "../anchor/lease.ts";
import { ReachNotes } from "../anchor/reach-notes.ts";
import type { AtOnce } from "../at-once.ts";
import { KeyIds } from "../key-id.ts";
import type { AuthReserve, BlockEpsilon, EpsilonLedger, KeyPool, SiteRole } from "../key-pool.ts";
import { LINK_KEY_BYTES, placedPads } from "../link-secret.ts";
import type { OpeningReport } from "../opening-report.ts";
import { AuthPads } from "./auth-pads.ts";
import { BlockAgeing } from "./block-ageing.ts";
import { BlockEntry } from "./block-entry.ts";
import { BlockTable } from "./block-table.ts";
import { EpsilonSums } from "./epsilon-ledger.ts";
import { KeyFetch } from "./fetch.ts";
import { HalfEnds } from "./half-ends.ts";
import { HandedOut } from "./handed-out.ts";
import { HeardNotices } from "./heard-notices.ts";
import { KeyIssue } from "./issue.ts";
import { LinkPads } from "./link-pads.ts";
import { Notices } from "./notices.ts";
import { type OpenedTables, openAnchored } from "./open-anchored.ts";
import { pairNumber } from "./pair-table.ts";
import type { SealedBlocks } from "./sealed-blocks.ts";
import type { StoreBase, StoreContext } from "./store-context.ts";
import { missingBlocks } from "./store-losses.ts";

/** What opening the part of one pair needs. */
export interface PairSettings {
  readonly linkSecret: Uint8Array;
  readonly linkId: string;
  readonly site: SiteRole;
  readonly capacityBits: number;
  readonly redeliveryMs: number;
  /** How long keys that the other site handed out, to the end of its half, are kept for fetching; default an hour. */
  readonly fetchTtlMs?: number;
  readonly epsilonOfAttempt?: BlockEpsilon;
  /** Least bytes of a half that may leave between two writes of the anchor; 0 = each use is written. Default 4096. */
  readonly leaseBytes?: number;
  /** The file that knows how far this pair's keys and pads may have left. */
  readonly anchorPath: string;
  /** Where the anchor lies that this pair had while the store was its own alone; moved to `anchorPath`. */
  readonly formerAnchorPath?: string;
  /** Told of each effect of the anchor's core once it is done. */
  readonly watch?: AnchorSettings["watch"];
}

const DEFAULT_FETCH_TTL_MS = 3_600_000;

/** A pair's tables, opened against its anchor. */
export interface OpenedPair extends OpenedTables {
  readonly anchor: Anchor;
}

/** Opens the tables of a pair, which are made where they are missing. KeyStoreError as `openAnchored`. */
export function openPair(
  base: StoreBase,
  kek: Uint8Array,
  exist: boolean,
  headOf: (pair: number | null) => AuditHead,
  settings: PairSettings,
): OpenedPair {
  const { linkId, site, linkSecret, anchorPath: path, watch } = settings;
  const { leaseBytes = LEAST_LEASE_BYTES } = settings;
  const { db, audit, wrappingKey, now } = base;
  const identity = { linkId, site };
  const pair = exist ? pairNumber(db, identity) : null;
  const reach = new ReachNotes();
  const contextOf = (number: number, epoch: number): StoreContext => ({
    ...base,
    pair: number,
    linkId,
    site,
    epoch,
    reach,
  });
  takeOverAnchor({ path, kek, linkId, site }, settings.formerAnchorPath);
  const anchor = new Anchor({ path, kek, linkId, site, leaseBytes, now, watch });
  try {
    const opening = {
      db,
      audit,
      head: headOf(pair),
      anchor,
      wrappingKey,
      exist,
      pair,
      identity,
      linkSecret,
      contextOf,
    };
    return { ...openAnchored(opening), anchor };
  } catch (error) {
    anchor.release();
    throw error;
  }
}

/** Moves a pair's own anchor to its place in a store of many; any other file stays where it is. */
function takeOverAnchor(owner: AnchorOwner, former: string | undefined): void {
  if (former === undefined || existsSync(owner.path) || !existsSync(former)) return;
  if (Anchor.read({ ...owner, path: former }) !== null) renameSync(former, owner.path);
}

/**
 * What a store keeps for one pair of nodes: the contract's calls, which belong into the store's transactions, and the anchor
 * that covers them.
 */
export class PairPart {
  readonly pool: AtOnce<Omit<KeyPool<Uint8Array>, "addPending" | "close">>;
  readonly auth: AtOnce<AuthReserve<Uint8Array>>;
  readonly ledger: AtOnce<EpsilonLedger>;
  readonly opening: OpeningReport;
  readonly context: StoreContext;
  readonly anchor: Anchor;
  readonly entry: BlockEntry;
  readonly handedOut: HandedOut;

  constructor(
    { context, segments, report, anchor }: OpenedPair,
    sealed: SealedBlocks,
    lostBits: number,
    settings: PairSettings,
  ) {
    const { linkSecret, capacityBits, redeliveryMs, fetchTtlMs = DEFAULT_FETCH_TTL_MS } = settings;
    const { db, pair } = context;
    this.context = context;
    this.anchor = anchor;
    this.opening = { ...report, lostBits };
    const sums = db.transaction(() => new EpsilonSums(context, segments.secret, settings.epsilonOfAttempt));
    const auth = new AuthPads(context, segments, sums, placedPads(linkSecret));
    const ids = new KeyIds(linkSecret.subarray(0, LINK_KEY_BYTES));
    const notices = new Notices(context);
    const blocks = new BlockTable(context, sealed, auth, notices, capacityBits);
    const ends = new HalfEnds(context, blocks);
    this.entry = new BlockEntry(context, sealed, blocks, auth, sums);
    this.handedOut = new HandedOut(context, ends, notices, fetchTtlMs);
    const heard = new HeardNotices(context, blocks, ends);
    const pads = new LinkPads(context, sealed);
    this.pool = {
      makeAvailable: blocks.makeAvailable,
      discard: blocks.discard,
      lose: blocks.lose,
      pending: blocks.pending,
      block: blocks.block,
      tail: blocks.tail,
      blockState: blocks.blockState,
      unheardReleases: blocks.unheardReleases,
      releasesHeard: blocks.releasesHeard,
      notices: notices.notices,
      noticesHeard: notices.noticesHeard,
      hearGone: heard.hearGone,
      missing: missingBlocks(db, pair),
      hearMissing: heard.hearMissing,
      takeMany: new KeyIssue(context, sealed, ids).takeMany,
      takeByIds: new KeyFetch(context, sealed, ids, redeliveryMs).takeByIds,
      takePad: pads.takePad,
      openPad: pads.openPad,
      status: blocks.status,
      highestSequence: blocks.highestSequence,
      expire: new BlockAgeing(context, blocks, ends, notices).expire,
    };
    this.auth = auth;
    this.ledger = sums;
  }
}
