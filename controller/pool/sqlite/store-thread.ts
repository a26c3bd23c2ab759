import { Worker } from "node:worker_threads";
import { KeyStoreError, revivedError } from "../../../errors/index.ts";
import type { ContractCall } from "../contract-calls.ts";
import { closedStore } from "./closed-store.ts";
import type { FurtherPair, PairPlace, StoreReply, StoreRequest, StoreThreadData } from "./store-messages.ts";

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The store in a thread of its own: carries calls there and answers back. */
export class StoreThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #closing: Promise<void> | undefined;
  #dead: KeyStoreError | undefined;

  private constructor(data: StoreThreadData) {
    const file = import.meta.url.endsWith(".ts") ? "./store-worker.ts" : "./store-worker.js";
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: data });
    this.#worker.on("message", (reply: StoreReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ("error" in reply) waiting?.reject(revivedError(reply.error));
      else waiting?.resolve(reply.value);
    });
    this.#worker.on("error", (cause) => this.#end("the key store's thread failed", cause));
    this.#worker.on("exit", () => this.#end("the key store is closed"));
  }

  /** Starts the thread and opens the store in it. */
  static async open(data: StoreThreadData): Promise<StoreThread> {
    const thread = new StoreThread(data);
    try {
      await thread.#answer(0);
    } catch (error) {
      await thread.#worker.terminate();
      throw error;
    }
    return thread;
  }

  /** Does one call of the contract in the thread, which gets a copy of key material; durable when it resolves. */
  readonly carry = (call: ContractCall, pair: PairPlace = 0): Promise<unknown> => {
    if (call.part === "pool" && call.name === "close") {
      this.#closing ??= this.#close(call);
      return this.#closing;
    }
    return this.#ask((id) => ({ id, call, pair }));
  };

  /** Opens a further pair; its place. Rejects with KeyStoreError. */
  open(settings: FurtherPair): Promise<PairPlace> {
    return this.#ask((id) => ({ id, open: settings })) as Promise<PairPlace>;
  }

  /** Ends one pair. */
  async shut(pair: PairPlace): Promise<void> {
    if (this.#dead === undefined && this.#closing === undefined)
      await this.#send((id) => ({ id, shut: pair }));
  }

  #ask(request: (id: number) => StoreRequest): Promise<unknown> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    if (this.#closing !== undefined) return Promise.reject(closedStore());
    return this.#send(request);
  }

  #send(request: (id: number) => StoreRequest): Promise<unknown> {
    const id = this.#nextId++;
    const answer = this.#answer(id);
    this.#worker.postMessage(request(id));
    return answer;
  }

  async #close(call: ContractCall): Promise<void> {
    if (this.#dead !== undefined) return;
    await this.#send((id) => ({ id, call, pair: 0 })).catch(() => undefined);
    await this.#worker.terminate();
  }

  #answer(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #end(sentence: string, cause?: unknown): void {
    this.#dead ??= new KeyStoreError("QKD_KEYSTORE_UNREADABLE", sentence, {
      cause,
      remedy: "restart the controller",
    });
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }
}
