import { setImmediate as turn } from "node:timers/promises";
import { KeyStoreError } from "../../../errors/index.ts";
import type { ContractCall } from "../contract-calls.ts";
import type { PendingBlock } from "../key-pool.ts";
import { closedStore } from "./closed-store.ts";
import type { PairPart, PairSettings } from "./pair-part.ts";
import { type Outcome, SqliteStore, type SqliteStoreSettings } from "./sqlite-store.ts";
import type { PairPlace } from "./store-messages.ts";

/** Calls that share one commit, at most. */
export const CALLS_PER_COMMIT = 64;
/** Pause between two pieces of clearing up. */
const CLEARING_MS = 20;
/** Pieces of clearing up before the store closes, so that what was delivered does not outlive it: a second at most. */
const PIECES_AT_CLOSING = 50;

type Method = (...args: readonly unknown[]) => unknown;

interface Waiting {
  readonly work: () => unknown;
  readonly settle: (outcome: Outcome<unknown>) => void;
}

/**
 * Answers the contract's calls once their changes are on disk. Calls that wait together share a commit; large blocks
 * enter in slices between the calls; what is used up is cleared away in the background.
 */
export class CommittedStore {
  readonly #store: SqliteStore;
  readonly #sweepEveryMs: number;
  /** The parts by the places that calls name; null for one that was ended. */
  readonly #places: (PairPart | null)[];
  #sweeper: NodeJS.Timeout;
  #waiting: Waiting[] = [];
  #adding: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;

  /** Opens the store. KeyStoreError as `openKeyPool` tells. */
  constructor(settings: SqliteStoreSettings, sweepEveryMs: number) {
    this.#store = new SqliteStore(settings);
    this.#places = [this.#store.first];
    this.#sweepEveryMs = sweepEveryMs;
    this.#sweeper = setTimeout(() => this.#sweep(), sweepEveryMs);
  }

  /** Opens a further pair; its place, which calls to it name. Rejects with KeyStoreError. */
  readonly open = async (settings: PairSettings): Promise<PairPlace> => {
    if (this.#closing !== null) throw closedStore();
    const part = this.#store.open(settings);
    this.#places.push(part);
    return this.#places.length - 1;
  };

  /** Ends one pair once the blocks that enter have entered. */
  readonly shut = async (pair: PairPlace): Promise<void> => {
    await this.#adding;
    const part = this.#places[pair];
    this.#places[pair] = null;
    if (part !== null && part !== undefined && this.#closing === null) this.#store.shut(part);
  };

  /** Does one call of the contract, key material bare; its changes are durable when the promise resolves. */
  readonly carry = (call: ContractCall, pair: PairPlace = 0): Promise<unknown> => {
    if (call.part === "pool" && call.name === "close") return this.#close();
    if (this.#closing !== null) return Promise.reject(closedStore());
    const place = this.#places[pair];
    if (place === undefined || place === null) return Promise.reject(closedStore());
    if (call.part === "pool" && call.name === "addPending")
      return this.#add(call.args[0] as PendingBlock<Uint8Array>, place);
    // The names come from the contract itself, and the parts offer every one of them.
    const part = (call.part === "audit" ? this.#store.auditOf(place) : place[call.part]) as Record<
      string,
      Method
    >;
    return this.#commit(() => (part[call.name] as Method)(...call.args));
  };

  #commit(work: () => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome<unknown>) =>
        "error" in outcome ? reject(outcome.error) : resolve(outcome.value);
      this.#waiting.push({ work, settle });
      // After the calls that are made together with this one, so that all of them share the commit.
      if (this.#waiting.length === 1) queueMicrotask(() => this.#commitWaiting());
    });
  }

  #commitWaiting(): void {
    const group = this.#waiting.splice(0, CALLS_PER_COMMIT);
    if (group.length === 0) return;
    if (this.#waiting.length > 0) setImmediate(() => this.#commitWaiting());
    const outcomes = this.#durably(group.map(({ work }) => work));
    for (const [index, { settle }] of group.entries()) {
      settle(outcomes[index] ?? { error: closedStore() });
    }
  }

  /** Blocks enter one after the other. */
  #add(block: PendingBlock<Uint8Array>, place: PairPart): Promise<void> {
    const added = this.#adding.then(() => this.#addInSlices(block, place));
    this.#adding = added.catch(() => undefined);
    return added;
  }

  async #addInSlices(block: PendingBlock<Uint8Array>, place: PairPart): Promise<void> {
    try {
      for (const step of this.#store.adding(block, place)) {
        const [outcome] = this.#durably([step]);
        if (outcome !== undefined && "error" in outcome) throw outcome.error;
        await turn();
      }
    } catch (error) {
      this.#store.transact([() => this.#store.abandon(block.blockId, place)]);
      throw error;
    } finally {
      this.#store.entered(block.blockId, place);
    }
  }

  /** Runs works in one commit. A full disk may hold a long write-ahead log: then empties it and tries once more. */
  #durably(works: readonly (() => unknown)[]): Outcome<unknown>[] {
    const outcomes = this.#store.transact(works);
    if (!outcomes.some(isFull)) return outcomes;
    try {
      this.#store.relieve();
    } catch {
      return outcomes;
    }
    return outcomes.map((outcome, index) => {
      const work = works[index];
      return isFull(outcome) && work !== undefined ? (this.#store.transact([work])[0] ?? outcome) : outcome;
    });
  }

  #sweep(): void {
    const more = this.#store.sweep();
    this.#sweeper = setTimeout(() => this.#sweep(), more ? CLEARING_MS : this.#sweepEveryMs);
  }

  /** Finishes the calls under way, then closes the store. Idempotent. */
  #close(): Promise<void> {
    this.#closing ??= this.#adding.then(() => {
      while (this.#waiting.length > 0) this.#commitWaiting();
      clearTimeout(this.#sweeper);
      for (let piece = 0; piece < PIECES_AT_CLOSING && this.#store.sweep(); piece += 1);
      this.#store.close();
    });
    return this.#closing;
  }
}

function isFull(outcome: Outcome<unknown>): boolean {
  return (
    "error" in outcome && outcome.error instanceof KeyStoreError && outcome.error.code === "QKD_KEYSTORE_FULL"
  );
}
