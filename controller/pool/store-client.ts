import { Worker } from "node:worker_threads";
import { KeyStoreError, revivedError } from "../../errors/index.ts";
import type { ShelfBlock } from "./block-shelf.ts";
import type {
  StoreArguments,
  StoreMethod,
  StoreReply,
  StoreRequest,
  StoreResult,
  StoreWorkerData,
} from "./store-messages.ts";

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls the store in its worker thread. */
export class StoreClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #closing: Promise<void> | undefined;
  #dead: KeyStoreError | undefined;

  private constructor(data: StoreWorkerData) {
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

  /** Starts the worker and opens the store in it. */
  static async open(data: StoreWorkerData): Promise<StoreClient> {
    const client = new StoreClient(data);
    try {
      await client.#wait(0);
    } catch (error) {
      await client.#worker.terminate();
      throw error;
    }
    return client;
  }

  /** Calls one method; its changes are durable when the promise resolves. */
  call<M extends StoreMethod>(method: M, ...args: StoreArguments<M>): Promise<StoreResult<M>> {
    return this.#send({ method, args }) as Promise<StoreResult<M>>;
  }

  /** Stores a block; durable when the promise resolves. The bytes are copied. */
  async addPending(block: ShelfBlock): Promise<void> {
    await this.#send({ method: "addPending", block });
  }

  #send(request: DistributiveOmit<StoreRequest, "id">): Promise<unknown> {
    if (this.#dead !== undefined || this.#closing !== undefined)
      return Promise.reject(this.#dead ?? closed());
    const id = this.#nextId++;
    const result = this.#wait(id);
    this.#worker.postMessage({ ...request, id });
    return result;
  }

  /** Finishes the calls under way and closes the store. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    if (this.#dead !== undefined) return;
    const id = this.#nextId++;
    const result = this.#wait(id);
    this.#worker.postMessage({ id, method: "close" });
    await result.catch(() => undefined);
    await this.#worker.terminate();
  }

  #wait(id: number): Promise<unknown> {
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

function closed(): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_UNREADABLE", "the key store is closed", { remedy: "open it again" });
}
