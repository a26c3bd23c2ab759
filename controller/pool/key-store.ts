import { createHash } from "node:crypto";
import { KeyStoreError } from "../../errors/index.ts";
import { type AuditEntry, AuditLog } from "./audit-log.ts";
import { AuthStore } from "./auth-store.ts";
import { BlockShelf, type ShelfBlock } from "./block-shelf.ts";
import { BlockVault, DamagedBlockError } from "./block-vault.ts";
import { Database } from "./database.ts";
import { type CountedKey, KeyCounter } from "./key-counter.ts";
import { KeyIds } from "./key-id.ts";
import type { KeyAudience, KeyOrigin, PoolStatus, SiteRole } from "./key-pool.ts";
import { SCHEMA, SCHEMA_VERSION } from "./schema.ts";
import { deriveKey, unwrapKey, wrapKey } from "./sealing.ts";
import type { StoreContext } from "./store-context.ts";

/** First bytes of the pre-placed secret: the link's key for key IDs and post-quantum keys; the rest are pads. */
export const LINK_KEY_BYTES = 32;

/** Everything that opening a store needs. */
export interface KeyStoreSettings {
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
}

/**
 * The store itself, synchronous: it lives in a worker thread. Methods change the database and belong into
 * `transact`, which makes a group of them durable together and isolates their failures from each other.
 */
export class KeyStore {
  readonly #context: StoreContext;
  readonly #shelf: BlockShelf;
  readonly #counter: KeyCounter;
  readonly #auth: AuthStore;

  constructor(settings: KeyStoreSettings) {
    const db = new Database(
      settings.path,
      settings.maxBytes === undefined ? {} : { maxBytes: settings.maxBytes },
    );
    try {
      const wrappingKey = deriveKey(settings.kek, "wrapping key");
      const audit = new AuditLog(db, settings.auditRows);
      const now = settings.now ?? Date.now;
      const { linkId, site } = settings;
      const epoch = db.transaction(() => openTables(db, wrappingKey, settings));
      this.#context = { db, audit, linkId, site, epoch, wrappingKey, now };
      const vault = new BlockVault(this.#context);
      const ids = new KeyIds(settings.linkSecret.subarray(0, LINK_KEY_BYTES));
      this.#auth = new AuthStore(this.#context);
      this.#shelf = new BlockShelf(this.#context, vault, this.#auth, settings.capacityBits);
      this.#counter = new KeyCounter(this.#context, vault, this.#shelf, ids, settings.redeliveryMs);
      db.transaction(() => {
        audit.append(now(), "storeOpened", { epoch, site, linkId });
        this.#shelf.abandon();
        this.#auth.bootstrap(settings.linkSecret, settings.linkSecret.subarray(LINK_KEY_BYTES));
      });
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
      if (error instanceof DamagedBlockError) this.#shelf.quarantine(error.blockRow);
      return { error };
    }
  }

  /** The steps that store a block as pending, each for a transaction of its own; `abandon` undoes a failed one. */
  adding(block: ShelfBlock): (() => void)[] {
    return this.#shelf.adding(block);
  }

  abandon(blockId: string): void {
    this.#shelf.abandon(blockId);
  }

  makeAvailable(blockId: string): void {
    this.#shelf.makeAvailable(blockId);
  }

  discard(blockId: string): void {
    this.#shelf.discard(blockId);
  }

  pending(): { blockId: string; origin: KeyOrigin; sequence: number }[] {
    return this.#shelf.pending();
  }

  highestSequence(origin: KeyOrigin): number {
    return this.#shelf.highestSequence(origin);
  }

  blockState(blockId: string): "absent" | "pending" | "available" | "spent" {
    const state = this.#shelf.find(blockId)?.state;
    if (state === undefined || state === "loading") return "absent";
    return state === "quarantined" ? "spent" : state;
  }

  take(bits: number, count: number, audience: KeyAudience, origin: KeyOrigin): CountedKey[] {
    return this.#counter.take(bits, count, audience, origin);
  }

  fetch(keyIds: readonly string[], audience: KeyAudience): CountedKey[] {
    return this.#counter.fetch(keyIds, audience);
  }

  status(origin: KeyOrigin): PoolStatus {
    return this.#shelf.status(origin);
  }

  expire(nowMs: number, maxAgeMs: number, origin: KeyOrigin | null): number {
    return this.#shelf.expire(nowMs, maxAgeMs, origin);
  }

  authReserve(bytes: number): { offset: number; material: Uint8Array } {
    return this.#auth.reserve(bytes);
  }

  authReserveFromPeer(offset: number, bytes: number): Uint8Array {
    return this.#auth.reserveFromPeer(offset, bytes);
  }

  authReplenish(sequence: number, material: Uint8Array): void {
    this.#auth.replenish(sequence, material);
  }

  authRemaining(): { own: number; peer: number } {
    return this.#auth.remaining();
  }

  authHeld(): number[] {
    return this.#auth.held();
  }

  authForget(sequences: readonly number[]): void {
    this.#auth.forget(sequences);
  }

  auditTail(count: number): AuditEntry[] {
    return this.#context.audit.tail(count);
  }

  auditVerify(): { readonly entries: number; readonly brokenAt: number | null } {
    return this.#context.audit.verify();
  }

  /** Destroys what is used up; true when more rubbish waits. */
  sweep(): boolean {
    const [outcome] = this.transact([() => this.#sweepOnce()]);
    if (this.#shelf.takeKeysDestroyed()) this.#context.db.truncateLog();
    return outcome !== undefined && "value" in outcome && outcome.value;
  }

  #sweepOnce(): boolean {
    this.#context.audit.prune();
    return this.#shelf.sweep();
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

/** Result of one piece of work in a group. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

function isFull(error: unknown): boolean {
  return error instanceof KeyStoreError && error.code === "QKD_KEYSTORE_FULL";
}

/** Creates or checks the tables; returns the number of this opening. */
function openTables(db: Database, wrappingKey: Uint8Array, { linkId, site }: KeyStoreSettings): number {
  const exists = db.one("SELECT 1 FROM sqlite_schema WHERE name = 'meta'") !== undefined;
  const binding = ["store", SCHEMA_VERSION];
  if (!exists) {
    db.exec(SCHEMA);
    const put = (name: string, value: string | number | Uint8Array) =>
      db.run("INSERT INTO meta VALUES (?, ?)", name, value);
    put("version", SCHEMA_VERSION);
    put("site", site);
    put("linkId", linkId);
    put("keyCheck", wrapKey(wrappingKey, createHash("sha256").update(linkId).digest(), binding));
    put("epoch", 1);
    db.run("INSERT INTO audit_floor VALUES (1, 0, ?)", new Uint8Array(32));
    return 1;
  }
  const get = <T>(name: string) => db.one<{ value: T }>("SELECT value FROM meta WHERE name = ?", name)?.value;
  if (get<number>("version") !== SCHEMA_VERSION) throw unreadable("the key store has another format version");
  try {
    unwrapKey(wrappingKey, get<Uint8Array>("keyCheck") ?? new Uint8Array(0), binding);
  } catch {
    throw unreadable("the key file does not belong to this key store");
  }
  if (get("site") !== site || get("linkId") !== linkId) {
    throw new KeyStoreError("QKD_KEYSTORE_CONFLICT", "the key store belongs to another site or link", {
      context: { site, linkId },
      remedy: "use the store that belongs to this site and link",
    });
  }
  const epoch = (get<number>("epoch") ?? 0) + 1;
  db.run("UPDATE meta SET value = ? WHERE name = 'epoch'", epoch);
  return epoch;
}

function unreadable(sentence: string): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_UNREADABLE", sentence);
}
