import { KeyStoreError } from "../../../errors/index.ts";
import type { AuditHead } from "../anchor/anchor-record.ts";
import { isNothing, type Reach } from "../anchor/reach.ts";
import type { AtOnce } from "../at-once.ts";
import { CommitClock } from "../commit-times.ts";
import type { WriteAt } from "../deletion/root-file.ts";
import type { PendingBlock, PoolAudit } from "../key-pool.ts";
import type { OpeningReport } from "../opening-report.ts";
import { deriveKey } from "../sealing.ts";
import { AuditLog } from "./audit-log.ts";
import { BlockClearing } from "./block-clearing.ts";
import { Database } from "./database.ts";
import { quarantineBlock } from "./end-block.ts";
import { Erasure, type SweepStep } from "./erasure.ts";
import type { KeyTree } from "./key-tree.ts";
import { LinkIds } from "./link-ids.ts";
import { giveUpStock, openKeyTree } from "./open-key-tree.ts";
import { checkTables, meta } from "./open-tables.ts";
import { type OpenedPair, openPair, PairPart, type PairSettings } from "./pair-part.ts";
import { anotherStore, pairNumber, setAnchorVersion } from "./pair-table.ts";
import { DamagedBlockError, SealedBlocks } from "./sealed-blocks.ts";
import { SteadyClock } from "./steady-clock.ts";
import type { StoreBase } from "./store-context.ts";
import { newestLosses } from "./store-losses.ts";

/** Everything that opening a store with its first pair needs. */
export interface SqliteStoreSettings extends Omit<PairSettings, "anchorPath"> {
  readonly path: string;
  readonly kek: Uint8Array;
  /** Where the key was read from, to be named when it does not fit. */
  readonly keyFile?: string;
  readonly auditRows: number;
  readonly maxBytes?: number;
  readonly now?: () => number;
  /** How the root file is written; `writeSync` of node:fs. */
  readonly writeRoot?: WriteAt;
  /** The anchor of the first pair; default: beside the database, `.anchor` behind its name. */
  readonly anchorPath?: string;
  /** A store of other pairs takes this one in, too; default false: it is refused as another's. */
  readonly manyPairs?: boolean;
}

const NO_ENTRY: AuditHead = { number: 0, hash: "00".repeat(32) };

/** Result of one piece of work in a group. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * The store itself, synchronous: a part for each pair of nodes, in one database, so that one commit may concern several.
 * The parts' calls belong into `transact`, which makes a group of them durable together and isolates their failures from
 * each other.
 */
export class SqliteStore {
  /** The part of the pair that the store was opened with; `pool`, `auth`, `ledger`, `audit`, `opening` are its calls. */
  readonly first: PairPart;
  readonly #base: StoreBase;
  readonly #kek: Uint8Array;
  readonly #sealed: SealedBlocks;
  readonly #erasure: Erasure;
  readonly #commits = new CommitClock();
  readonly #clearing: BlockClearing;
  readonly #lostBits: ReadonlyMap<number, number>;
  /** The open parts by their numbers. */
  readonly #parts = new Map<number, PairPart>();
  /** The end of the audit log at the opening of the store, and when a pair was ended since. */
  readonly #openedAt: AuditHead;
  readonly #shutAt = new Map<number, AuditHead>();
  readonly #headOf = (pair: number | null): AuditHead => this.#shutAt.get(pair ?? 0) ?? this.#openedAt;
  /** Code of the error that erasing ends with, time and again; told once. */
  #erasureFailure: string | null = null;

  constructor(settings: SqliteStoreSettings) {
    const { path, maxBytes, kek, manyPairs = false } = settings;
    const { anchorPath = `${path}.anchor` } = settings;
    const db = new Database(path, maxBytes === undefined ? {} : { maxBytes });
    let tree: KeyTree | undefined;
    let opened: OpenedPair | undefined;
    try {
      const wrappingKey = deriveKey(kek, "wrapping key");
      const clock = new SteadyClock(db, settings.now ?? Date.now);
      const audit = new AuditLog(db, settings.auditRows);
      const base = { db, audit, linkIds: new LinkIds(db), wrappingKey, clock, now: clock.now };
      // First of all: a wrong key file would make the anchor look like somebody else's.
      const exist = checkTables(db, wrappingKey, settings.keyFile);
      if (exist && pairNumber(db, settings) === null && !manyPairs) throw anotherStore(path, settings);
      this.#openedAt = exist ? audit.head() : NO_ENTRY;
      opened = openPair(base, kek, exist, this.#headOf, { ...settings, anchorPath });
      const named = { ...base, name: meta<string>(db, "name") ?? settings.linkId };
      const keys = openKeyTree(named, path, settings.writeRoot);
      tree = keys.tree;
      const sealed = new SealedBlocks(base, tree);
      this.#base = base;
      this.#kek = Uint8Array.from(kek);
      this.#sealed = sealed;
      this.#lostBits = giveUpStock(named, keys, sealed);
      this.#clearing = new BlockClearing(base, sealed);
      this.#erasure = new Erasure(base, tree, sealed);
      this.first = this.#enter(opened, { ...settings, anchorPath });
      this.#erasure.settle();
    } catch (error) {
      tree?.close();
      opened?.anchor.release();
      db.close();
      throw error;
    }
  }

  get pool(): PairPart["pool"] {
    return this.first.pool;
  }

  get auth(): PairPart["auth"] {
    return this.first.auth;
  }

  get ledger(): PairPart["ledger"] {
    return this.first.ledger;
  }

  get opening(): OpeningReport {
    return this.first.opening;
  }

  get audit(): AtOnce<PoolAudit> {
    return this.auditOf(this.first);
  }

  /** The audit log is one for all pairs; openings and losses are those of a pair. */
  auditOf({ opening, context }: PairPart): AtOnce<PoolAudit> {
    const { db, audit } = this.#base;
    return {
      tail: audit.tail,
      verify: audit.verify,
      opening: () => structuredClone(opening) as OpeningReport,
      losses: newestLosses(db, context.pair),
      commits: () => this.#commits.times,
    };
  }

  /** Opens a further pair, or makes it. KeyStoreError as the opening of a store; QKD_KEYSTORE_LOCKED for one that is open. */
  open(settings: PairSettings): PairPart {
    const { db } = this.#base;
    const number = pairNumber(db, settings);
    if (number !== null && this.#parts.has(number))
      throw new KeyStoreError("QKD_KEYSTORE_LOCKED", "the pair of nodes is open already", {
        context: { linkId: settings.linkId },
      });
    const opened = openPair(this.#base, this.#kek, true, this.#headOf, settings);
    try {
      return this.#enter(opened, settings);
    } catch (error) {
      opened.anchor.release();
      throw error;
    }
  }

  /** Ends one pair; the store and the others stay open. */
  shut(part: PairPart): void {
    if (!this.#parts.delete(part.context.pair)) return;
    const head = this.#base.audit.head();
    this.#shutAt.set(part.context.pair, head);
    part.anchor.close(head);
  }

  #enter(opened: OpenedPair, settings: PairSettings): PairPart {
    const { pair } = opened.context;
    const part = new PairPart(opened, this.#sealed, this.#lostBits.get(pair) ?? 0, settings);
    this.#parts.set(pair, part);
    return part;
  }

  /**
   * Runs each piece of work and makes all that succeeded durable in one commit. A piece that fails leaves no trace
   * and does not touch the others; when the common commit fails, each is tried alone.
   */
  transact<T>(works: readonly (() => T)[]): Outcome<T>[] {
    const { db, audit } = this.#base;
    try {
      const head = audit.head();
      for (const { context } of this.#parts.values()) context.reach.clear();
      return db.transaction(
        () => works.map((work) => this.#isolated(work)),
        (commit) => this.#covered(head, commit),
      );
    } catch (error) {
      if (works.length > 1) return works.flatMap((work) => this.transact([work]));
      return [{ error }];
    }
  }

  /** Commits once the anchor of every pair whose keys or pads are used covers it. */
  #covered(head: ReturnType<AuditLog["head"]>, commit: () => void): void {
    const parts = [...this.#parts.values()];
    const used = parts.filter(({ context }) => !isNothing(context.reach.noted));
    // Work that uses nothing passes by one of them, which then sees that something became durable.
    const covering = used.length > 0 ? used : parts.slice(0, 1);
    const next = (index: number): void => {
      const part = covering[index];
      if (part === undefined) {
        const fromMs = performance.now();
        commit();
        this.#commits.add(performance.now() - fromMs);
        return;
      }
      part.anchor.work(head, part.context.reach.noted, (anchorVersion) => {
        if (anchorVersion !== null) setAnchorVersion(this.#base.db, part.context.pair, anchorVersion);
        next(index + 1);
      });
    };
    next(0);
  }

  #isolated<T>(work: () => T): Outcome<T> {
    const { db } = this.#base;
    const before: readonly (readonly [PairPart, Reach])[] = [...this.#parts.values()].map((part) => [
      part,
      part.context.reach.noted,
    ]);
    try {
      return { value: db.savepoint(work) };
    } catch (error) {
      for (const [part, noted] of before) part.context.reach.backTo(noted);
      if (!db.inTransaction || isFull(error)) throw error;
      if (error instanceof DamagedBlockError) quarantineBlock(this.#base, this.#sealed, error.blockRow);
      return { error };
    }
  }

  /** The steps that store a block as pending, each for a transaction of its own; `abandon` undoes a failed one. */
  adding(block: PendingBlock<Uint8Array>, part: PairPart = this.first): (() => void)[] {
    return part.entry.steps(block);
  }

  /** Wipes from memory what adding a block needed, after its last step or a failed one. */
  entered(blockId: string, part: PairPart = this.first): void {
    part.entry.entered(blockId);
  }

  /** Removes what a failed addition left. */
  abandon(blockId: string, part: PairPart = this.first): void {
    part.entry.abandon(blockId);
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
        this.#base.audit.prune();
        this.#base.clock.save();
        for (const { handedOut } of this.#parts.values()) handedOut.step();
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
    const { audit, now } = this.#base;
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
    this.#base.db.truncateLog();
  }

  /** Ends the store; the next opening need not burn anything. */
  close(): void {
    this.#sealed.close();
    const { wrappingKey, db } = this.#base;
    for (const secret of [wrappingKey, this.#kek]) secret.fill(0);
    try {
      for (const part of [...this.#parts.values()]) this.shut(part);
    } finally {
      db.close();
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof KeyStoreError && error.code === "QKD_KEYSTORE_FULL";
}
