import { KeyStoreError } from "../../../errors/index.ts";
import { Anchor, type AnchorSettings } from "../anchor/anchor.ts";
import { LEAST_LEASE_BYTES } from "../anchor/lease.ts";
import { ReachNotes } from "../anchor/reach-notes.ts";
import type { AtOnce } from "../at-once.ts";
import { CommitClock } from "../commit-times.ts";
import type { WriteAt } from "../deletion/root-file.ts";
import { KeyIds } from "../key-id.ts";
import type {
  AuthReserve,
  BlockEpsilon,
  EpsilonLedger,
  KeyPool,
  PendingBlock,
  PoolAudit,
  SiteRole,
} from "../key-pool.ts";
import { LINK_KEY_BYTES, placedPads } from "../link-secret.ts";
import type { OpeningReport } from "../opening-report.ts";
import { deriveKey } from "../sealing.ts";
import { AuditLog } from "./audit-log.ts";
import { AuthPads } from "./auth-pads.ts";
import { BlockAgeing } from "./block-ageing.ts";
import { BlockClearing } from "./block-clearing.ts";
import { BlockEntry } from "./block-entry.ts";
import { BlockTable } from "./block-table.ts";
import { Database } from "./database.ts";
import { EpsilonSums } from "./epsilon-ledger.ts";
import { Erasure, type SweepStep } from "./erasure.ts";
import { KeyFetch } from "./fetch.ts";
import { HalfEnds } from "./half-ends.ts";
import { HandedOut } from "./handed-out.ts";
import { HeardNotices } from "./heard-notices.ts";
import { KeyIssue } from "./issue.ts";
import type { KeyTree } from "./key-tree.ts";
import { LinkPads } from "./link-pads.ts";
import { Notices } from "./notices.ts";
import { openAnchored } from "./open-anchored.ts";
import { giveUpStock, openKeyTree } from "./open-key-tree.ts";
import { checkTables, setMeta } from "./open-tables.ts";
import { DamagedBlockError, SealedBlocks } from "./sealed-blocks.ts";
import { SteadyClock } from "./steady-clock.ts";
import type { StoreContext } from "./store-context.ts";
import { missingBlocks, newestLosses } from "./store-losses.ts";

/** Everything that opening a store needs. */
export interface SqliteStoreSettings {
  readonly path: string;
  readonly kek: Uint8Array;
  readonly linkSecret: Uint8Array;
  readonly linkId: string;
  readonly site: SiteRole;
  readonly capacityBits: number;
  readonly redeliveryMs: number;
  /** How long keys that the other site handed out, to the end of its half, are kept for fetching; default an hour. */
  readonly fetchTtlMs?: number;
  readonly auditRows: number;
  readonly epsilonOfAttempt?: BlockEpsilon;
  readonly maxBytes?: number;
  readonly now?: () => number;
  /** How the root file is written; `writeSync` of node:fs. */
  readonly writeRoot?: WriteAt;
  /** The file that knows how far keys and pads may have left; default: beside the database, `.anchor` behind its name. */
  readonly anchorPath?: string;
  /** Least bytes of a half that may leave between two writes of it; 0 = each use is written. Default 4096. */
  readonly leaseBytes?: number;
  /** Told of each effect of the anchor's core once it is done. */
  readonly watch?: AnchorSettings["watch"];
}

const DEFAULT_FETCH_TTL_MS = 3_600_000;

/** Result of one piece of work in a group. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * The store itself, synchronous. `pool`, `auth` and `audit` are the contract's calls; they belong into `transact`,
 * which makes a group of them durable together and isolates their failures from each other.
 */
export class SqliteStore {
  /** All of the contract but the entry of a block, which takes several transactions, and the closing. */
  readonly pool: AtOnce<Omit<KeyPool<Uint8Array>, "addPending" | "close">>;
  readonly auth: AtOnce<AuthReserve<Uint8Array>>;
  readonly ledger: AtOnce<EpsilonLedger>;
  readonly audit: AtOnce<PoolAudit>;
  readonly opening: OpeningReport;
  readonly #context: StoreContext;
  readonly #anchor: Anchor;
  readonly #blocks: BlockTable;
  readonly #entry: BlockEntry;
  readonly #clearing: BlockClearing;
  readonly #handedOut: HandedOut;
  readonly #sealed: SealedBlocks;
  readonly #erasure: Erasure;
  readonly #commits = new CommitClock();
  /** Code of the error that erasing ends with, time and again; told once. */
  #erasureFailure: string | null = null;

  constructor(settings: SqliteStoreSettings) {
    const {
      path,
      maxBytes,
      linkId,
      site,
      kek,
      linkSecret,
      watch,
      fetchTtlMs = DEFAULT_FETCH_TTL_MS,
    } = settings;
    const { anchorPath = `${path}.anchor`, leaseBytes = LEAST_LEASE_BYTES } = settings;
    const db = new Database(path, maxBytes === undefined ? {} : { maxBytes });
    let tree: KeyTree | undefined;
    let anchor: Anchor | undefined;
    try {
      const wrappingKey = deriveKey(kek, "wrapping key");
      const audit = new AuditLog(db, settings.auditRows);
      const reach = new ReachNotes();
      const clock = new SteadyClock(db, settings.now ?? Date.now);
      const { now } = clock;
      const contextOf = (epoch: number) => ({
        db,
        audit,
        linkId,
        site,
        epoch,
        wrappingKey,
        clock,
        now,
        reach,
      });
      // First of all: a wrong key file would make the anchor look like somebody else's.
      const exist = db.transaction(() => checkTables(db, wrappingKey, settings));
      anchor = new Anchor({ path: anchorPath, kek, linkId, site, leaseBytes, now, watch });
      const opening = openAnchored({ db, audit, anchor, exist, identity: settings, linkSecret, contextOf });
      const { context, segments } = opening;
      const sums = db.transaction(() => new EpsilonSums(context, segments.secret, settings.epsilonOfAttempt));
      const auth = new AuthPads(context, segments, sums, placedPads(linkSecret));
      const keys = openKeyTree(context, path, settings.writeRoot);
      tree = keys.tree;
      const sealed = new SealedBlocks(context, tree);
      const ids = new KeyIds(linkSecret.subarray(0, LINK_KEY_BYTES));
      const notices = new Notices(context);
      const blocks = new BlockTable(context, sealed, auth, notices, settings.capacityBits);
      const ends = new HalfEnds(context, blocks);
      this.opening = { ...opening.report, lostBits: giveUpStock(context, keys, blocks) };
      this.#context = context;
      this.#anchor = anchor;
      this.#blocks = blocks;
      this.#entry = new BlockEntry(context, sealed, blocks, auth, sums);
      this.#clearing = new BlockClearing(context, blocks);
      this.#handedOut = new HandedOut(context, ends, notices, fetchTtlMs);
      this.#sealed = sealed;
      this.#erasure = new Erasure(context, tree, sealed, blocks);
      const pads = new LinkPads(context, sealed);
      const heard = new HeardNotices(context, blocks, ends);
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
        missing: missingBlocks(db),
        hearMissing: heard.hearMissing,
        takeMany: new KeyIssue(context, sealed, ids).takeMany,
        takeByIds: new KeyFetch(context, sealed, ids, settings.redeliveryMs).takeByIds,
        takePad: pads.takePad,
        openPad: pads.openPad,
        status: blocks.status,
        highestSequence: blocks.highestSequence,
        expire: new BlockAgeing(context, blocks, ends, notices).expire,
      };
      this.auth = auth;
      this.ledger = sums;
      this.audit = {
        tail: audit.tail,
        verify: audit.verify,
        opening: () => structuredClone(this.opening) as OpeningReport,
        losses: newestLosses(db),
        commits: () => this.#commits.times,
      };
      this.#erasure.settle();
    } catch (error) {
      tree?.close();
      anchor?.release();
      db.close();
      throw error;
    }
  }

  /**
   * Runs each piece of work and makes all that succeeded durable in one commit. A piece that fails leaves no trace
   * and does not touch the others; when the common commit fails, each is tried alone.
   */
  transact<T>(works: readonly (() => T)[]): Outcome<T>[] {
    const { db, audit, reach } = this.#context;
    try {
      const head = audit.head();
      reach.clear();
      return db.transaction(
        () => works.map((work) => this.#isolated(work)),
        (commit) =>
          this.#anchor.work(head, reach.noted, (anchorVersion) => {
            if (anchorVersion !== null) setMeta(db, "anchorVersion", anchorVersion);
            const fromMs = performance.now();
            commit();
            this.#commits.add(performance.now() - fromMs);
          }),
      );
    } catch (error) {
      if (works.length > 1) return works.flatMap((work) => this.transact([work]));
      return [{ error }];
    }
  }

  #isolated<T>(work: () => T): Outcome<T> {
    const { db, reach } = this.#context;
    const before = reach.noted;
    try {
      return { value: db.savepoint(work) };
    } catch (error) {
      reach.backTo(before);
      if (!db.inTransaction || isFull(error)) throw error;
      if (error instanceof DamagedBlockError) this.#blocks.quarantine(error.blockRow);
      return { error };
    }
  }

  /** The steps that store a block as pending, each for a transaction of its own; `abandon` undoes a failed one. */
  adding(block: PendingBlock<Uint8Array>): (() => void)[] {
    return this.#entry.steps(block);
  }

  /** Wipes from memory what adding a block needed, after its last step or a failed one. */
  entered(blockId: string): void {
    this.#entry.entered(blockId);
  }

  /** Removes what a failed addition left. */
  abandon(blockId: string): void {
    this.#entry.abandon(blockId);
  }

  /** One sweep of erasing, a step at a time; each step is done when it is yielded. Returns whether more is due. */
  erasing(): Generator<SweepStep, boolean> {
    return this.#erasure.sweep();
  }

  /**
   * Destroys what is used up, makes what was delivered unreadable and clears away a little of it; true when more
   * waits. What fails (a full disk) is tried again with the next sweep: the audit log tells it.
   */
  sweep(): boolean {
    const [outcome] = this.transact([
      () => {
        this.#context.audit.prune();
        this.#context.clock.save();
        this.#handedOut.step();
        return this.#clearing.step();
      },
    ]);
    const more = this.#erase();
    return more || (outcome !== undefined && "value" in outcome && outcome.value);
  }

  #erase(): boolean {
    try {
      const steps = this.#erasure.sweep();
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      this.#tellErasure(null);
      return step.value;
    } catch (error) {
      this.#tellErasure(error instanceof KeyStoreError ? error.code : "QKD_KEYSTORE_UNREADABLE");
      return false;
    }
  }

  /** Enters into the audit log that erasing fails, and that it goes on again: each once. */
  #tellErasure(code: string | null): void {
    if (code === this.#erasureFailure) return;
    const { audit, now } = this.#context;
    const [told] = this.transact([
      () =>
        code === null
          ? audit.append(now(), "erasureResumed", {})
          : audit.append(now(), "erasureFailed", { code }),
    ]);
    if (told !== undefined && "value" in told) this.#erasureFailure = code;
  }

  /** Empties the log into the file, which may win space on a full disk. */
  relieve(): void {
    this.#context.db.truncateLog();
  }

  /** Ends the store; the next opening need not burn anything. */
  close(): void {
    this.#sealed.close();
    const { wrappingKey, audit, db } = this.#context;
    wrappingKey.fill(0);
    try {
      this.#anchor.close(audit.head());
    } finally {
      db.close();
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof KeyStoreError && error.code === "QKD_KEYSTORE_FULL";
}
