import { setImmediate as turn } from "node:timers/promises";
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { ShelfBlock } from "./block-shelf.ts";
import { KeyStore, type Outcome } from "./key-store.ts";
import { type StoreReply, type StoreRequest, type StoreWorkerData, toPlainError } from "./store-messages.ts";

/** Calls that share one commit, at most. */
const GROUP = 64;
/** Pause between two pieces of clearing up. */
const CLEARING_MS = 20;

type Call = Extract<StoreRequest, { readonly args: readonly unknown[] }>;

if (parentPort === null) throw new Error("store-worker runs in a worker thread");
const port = parentPort;

/** Serves the store: calls that wait together share a commit; large blocks enter in slices between the calls. */
class StoreService {
  readonly #store: KeyStore;
  readonly #sweepEveryMs: number;
  #sweeper: NodeJS.Timeout;
  #adding: Promise<void> = Promise.resolve();

  constructor(store: KeyStore, sweepEveryMs: number) {
    this.#store = store;
    this.#sweepEveryMs = sweepEveryMs;
    this.#sweeper = setTimeout(() => this.#sweep(), sweepEveryMs);
  }

  receive(first: StoreRequest): void {
    const requests = [first];
    while (requests.length < GROUP) {
      const next = receiveMessageOnPort(port) as { message: StoreRequest } | undefined;
      if (next === undefined) break;
      requests.push(next.message);
    }
    const calls: Call[] = [];
    for (const request of requests) {
      if (request.method === "addPending") {
        this.#adding = this.#adding.then(() => this.#add(request.id, request.block));
      } else if (request.method === "close") {
        this.#adding = this.#adding.then(() => this.#close(request.id));
      } else {
        calls.push(request as Call);
      }
    }
    if (calls.length > 0) this.#answer(calls);
  }

  #answer(calls: readonly Call[]): void {
    const outcomes = this.#durably(calls.map((call) => () => invoke(this.#store, call)));
    for (const [index, { id }] of calls.entries()) reply(id, outcomes[index]);
  }

  async #add(id: number, block: ShelfBlock): Promise<void> {
    let outcome: Outcome<unknown> = { value: undefined };
    try {
      for (const step of this.#store.adding(block)) {
        outcome = this.#durably([step])[0] ?? outcome;
        if ("error" in outcome) break;
        await turn();
      }
    } catch (error) {
      outcome = { error };
    }
    if ("error" in outcome) this.#store.transact([() => this.#store.abandon(block.blockId)]);
    block.key.fill(0);
    reply(id, outcome);
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
    let more = false;
    try {
      more = this.#store.sweep();
    } catch {
      // A sweep that fails (a full disk) is tried again; calls report the trouble to their callers.
    }
    this.#sweeper = setTimeout(() => this.#sweep(), more ? CLEARING_MS : this.#sweepEveryMs);
  }

  #close(id: number): void {
    clearTimeout(this.#sweeper);
    this.#store.close();
    reply(id, { value: null });
    port.close();
  }
}

function invoke(store: KeyStore, { method, args }: Call): unknown {
  const call = store[method] as (...values: readonly unknown[]) => unknown;
  return call.apply(store, [...args]);
}

function isFull(outcome: Outcome<unknown>): boolean {
  return "error" in outcome && toPlainError(outcome.error).code === "QKD_KEYSTORE_FULL";
}

function reply(id: number, outcome: Outcome<unknown> | undefined): void {
  const message: StoreReply =
    outcome === undefined || "error" in outcome
      ? { id, error: toPlainError(outcome?.error) }
      : { id, value: outcome.value };
  port.postMessage(message);
  if ("value" in message) wipe(message.value);
}

/** Zeroes this thread's copy of the key bytes that an answer carried. */
function wipe(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(0);
  else if (Array.isArray(value)) for (const entry of value) wipe(entry);
  else if (typeof value === "object" && value !== null)
    for (const entry of Object.values(value)) if (entry instanceof Uint8Array) entry.fill(0);
}

const { settings, sweepEveryMs } = workerData as StoreWorkerData;
try {
  const store = new KeyStore(settings);
  settings.kek.fill(0);
  settings.linkSecret.fill(0);
  const service = new StoreService(store, sweepEveryMs);
  port.on("message", (request: StoreRequest) => service.receive(request));
  reply(0, { value: null });
} catch (error) {
  reply(0, { error });
  port.close();
}
