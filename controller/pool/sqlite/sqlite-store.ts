import { KeyStoreError } from "../../../errors/index.ts";
import type { AtOnce } from "../at-once.ts";
import type { WriteAt } from "../deletion/root-file.ts";
import { KeyIds } from "../key-id.ts";
import type { AuthReserve, KeyPool, NewBlock, PoolAudit, SiteRole } from "../key-pool.ts";
import { LINK_KEY_BYTES } from "../link-secret.ts";
import { deriveKey } from "../sealing.ts";
import { AuditLog } from "./audit-log.ts";
import { AuthPads } from "./auth-pads.ts";
import { BlockAgeing } from "./block-ageing.ts";
import { BlockClearing } from "./block-clearing.ts";
import { BlockEntry } from "./block-entry.ts";
import { BlockTable } from "./block-table.ts";
import { Database } from "./database.ts";
import { Erasure, type SweepStep } from "./erasure.ts";
import { KeyFetch } from "./fetch.ts";
import { KeyIssue } from "./issue.ts";
import type { KeyTree } from "./key-tree.ts";
import { loadLinkSecret } from "./link-secrets.ts";
import { giveUpStock, openKeyTree } from "./open-key-tree.ts";
import { openTables } from "./open-tables.ts";
import { DamagedBlockError, SealedBlocks } from "./sealed-blocks.ts";
import type { StoreContext } from "./store-context.ts";

/** Everything that opening a store needs. */
export interface SqliteStoreSettings {
  readonly path: string;
  readonly kek: Uint8Array;
  readonly linkSecret: Uint8Array;
  readonly linkId: string;
  readonly site: SiteRole;
  readonly capacityBits: number;
  readonly redeliveryMs: number;
  readonly auditRows: number;
  readonly maxBytes?: number;
  readonly now?: () => number;
  /** How the root file is written; `writeSync` of node:fs. */
  readonly writeRoot?: WriteAt;
}

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
  readonly audit: AtOnce<PoolAudit>;
  readonly #context: StoreContext;
  readonly #blocks: BlockTable;
  readonly #entry: BlockEntry;
  readonly #clearing: BlockClearing;
  readonly #sealed: SealedBlocks;
  readonly #erasure: Erasure;
  /** Code of the error that erasing ends with, time and again; told once. */
  #erasureFailure: string | null = null;

  constructor(settings: SqliteStoreSettings) {
    const { path, maxBytes, linkId, site, now = Date.now } = settings;
    const db = new Database(path, maxBytes === undefined ? {} : { maxBytes });
    let tree: KeyTree | undefined;
    try {
      const wrappingKey = deriveKey(settings.kek, "wrapping key");
      const audit = new AuditLog(db, settings.auditRows);
      const epoch = db.transaction(() => openTables(db, wrappingKey, settings));
      const context = { db, audit, linkId, site, epoch, wrappingKey, now };
      const segments = db.transaction(() => {
        audit.append(now(), "storeOpened", { epoch, site, linkId });
        return loadLinkSecret(context, settings.linkSecret);
      });
      const auth = new AuthPads(context, segments);
      const keys = openKeyTree(context, path, settings.writeRoot);
      tree = keys.tree;
      const sealed = new SealedBlocks(context, tree);
      const ids = new KeyIds(settings.linkSecret.subarray(0, LINK_KEY_BYTES));
      const blocks = new BlockTable(context, sealed, auth, settings.capacityBits);
      this.#context = context;
      this.#blocks = blocks;
      this.#entry = new BlockEntry(context, sealed, blocks, auth);
      this.#clearing = new BlockClearing(context, blocks);
      this.#sealed = sealed;
      this.#erasure = new Erasure(context, tree, sealed, blocks);
      this.pool = {
        makeAvailable: blocks.makeAvailable,
        discard: blocks.discard,
        pending: blocks.pending,
        blockState: blocks.blockState,
        takeMany: new KeyIssue(context, sealed, ids).takeMany,
        takeByIds: new KeyFetch(context, sealed, ids, settings.redeliveryMs).takeByIds,
        status: blocks.status,
        highestSequence: blocks.highestSequence,
        expire: new BlockAgeing(context, blocks).expire,
      };
      this.auth = auth;
      this.audit = audit;
      giveUpStock(context, keys, blocks);
      db.transaction(() => this.#entry.abandon());
      this.#erasure.settle();
    } catch (error) {
      tree?.close();
      db.close();
      throw error;
    }
  }

  /**
   * Runs each piece of work and makes all that succeeded durable in one commit. A piece that fails leaves no trace
   * and does not touch the others; when the common commit fails, each is tried alone.
   */
  transact<T>(works: readonly (() => T)[]): Outcome<T>[] {
    const { db } = this.#context;
    try {
      return db.transaction(() => works.map((work) => this.#isolated(work)));
    } catch (error) {
      if (works.length > 1) return works.flatMap((work) => this.transact([work]));
      return [{ error }];
    }
  }

  #isolated<T>(work: () => T): Outcome<T> {
    const { db } = this.#context;
    try {
      return { value: db.savepoint(work) };
    } catch (error) {
      if (!db.inTransaction || isFull(error)) throw error;
      if (error instanceof DamagedBlockError) this.#blocks.quarantine(error.blockRow);
      return { error };
    }
  }

  /** The steps that store a block as pending, each for a transaction of its own; `abandon` undoes a failed one. */
  adding(block: NewBlock<Uint8Array>): (() => void)[] {
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

  close(): void {
    this.#sealed.close();
    this.#context.wrappingKey.fill(0);
    this.#context.db.close();
  }
}

function isFull(error: unknown): boolean {
  return error instanceof KeyStoreError && error.code === "QKD_KEYSTORE_FULL";
}
