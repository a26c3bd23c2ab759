import { KeyStoreError } from "../../../errors/index.ts";
import type { AtOnce } from "../at-once.ts";
import { KeyIds } from "../key-id.ts";
import type {
  AuthReserve,
  BlockEpsilon,
  EpsilonLedger,
  KeyPool,
  NewBlock,
  PoolAudit,
  SiteRole,
} from "../key-pool.ts";
import { LINK_KEY_BYTES, placedPads } from "../link-secret.ts";
import { deriveKey } from "../sealing.ts";
import { AuditLog } from "./audit-log.ts";
import { AuthPads } from "./auth-pads.ts";
import { BlockAgeing } from "./block-ageing.ts";
import { BlockClearing } from "./block-clearing.ts";
import { BlockEntry } from "./block-entry.ts";
import { BlockTable } from "./block-table.ts";
import { Database } from "./database.ts";
import { EpsilonSums } from "./epsilon-ledger.ts";
import { KeyFetch } from "./fetch.ts";
import { KeyIssue } from "./issue.ts";
import { loadLinkSecret } from "./link-secrets.ts";
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
  readonly epsilonOfAttempt?: BlockEpsilon;
  readonly maxBytes?: number;
  readonly now?: () => number;
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
  readonly ledger: AtOnce<EpsilonLedger>;
  readonly audit: AtOnce<PoolAudit>;
  readonly #context: StoreContext;
  readonly #blocks: BlockTable;
  readonly #entry: BlockEntry;
  readonly #clearing: BlockClearing;

  constructor(settings: SqliteStoreSettings) {
    const { path, maxBytes, linkId, site, now = Date.now } = settings;
    const db = new Database(path, maxBytes === undefined ? {} : { maxBytes });
    try {
      const wrappingKey = deriveKey(settings.kek, "wrapping key");
      const audit = new AuditLog(db, settings.auditRows);
      const epoch = db.transaction(() => openTables(db, wrappingKey, settings));
      const context = { db, audit, linkId, site, epoch, wrappingKey, now };
      const segments = db.transaction(() => {
        audit.append(now(), "storeOpened", { epoch, site, linkId });
        return loadLinkSecret(context, settings.linkSecret);
      });
      const sums = db.transaction(() => new EpsilonSums(context, segments.secret, settings.epsilonOfAttempt));
      const auth = new AuthPads(context, segments, sums, placedPads(settings.linkSecret));
      const sealed = new SealedBlocks(context);
      const ids = new KeyIds(settings.linkSecret.subarray(0, LINK_KEY_BYTES));
      const blocks = new BlockTable(context, sealed, auth, settings.capacityBits);
      this.#context = context;
      this.#blocks = blocks;
      this.#entry = new BlockEntry(context, sealed, blocks, auth, sums);
      this.#clearing = new BlockClearing(context, blocks);
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
      this.ledger = sums;
      this.audit = audit;
      db.transaction(() => this.#entry.abandon());
    } catch (error) {
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

  /** Removes what a failed addition left. */
  abandon(blockId: string): void {
    this.#entry.abandon(blockId);
  }

  /** Destroys what is used up and clears away a little of it; true when more waits. */
  sweep(): boolean {
    const [outcome] = this.transact([
      () => {
        this.#context.audit.prune();
        return this.#clearing.step();
      },
    ]);
    if (this.#blocks.takeKeysDestroyed()) this.#context.db.truncateLog();
    return outcome !== undefined && "value" in outcome && outcome.value;
  }

  /** Empties the log into the file, which may win space on a full disk. */
  relieve(): void {
    this.#context.db.truncateLog();
  }

  close(): void {
    this.#context.wrappingKey.fill(0);
    this.#context.db.close();
  }
}

function isFull(error: unknown): boolean {
  return error instanceof KeyStoreError && error.code === "QKD_KEYSTORE_FULL";
}
