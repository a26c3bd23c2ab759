import { MessageChannel, Worker } from "node:worker_threads";
import { type PeerOwner, peerOwnerOf } from "../../../protocol/index.ts";
import type { PeerChannel, PeerEndpoint } from "../peer-channel.ts";
import type { PeerTap } from "../recorded-channel.ts";
import { RemotePeerChannel } from "../remote-peer-channel.ts";
import { servePeerChannel } from "../serve-peer-channel.ts";
import type { TlsPeerOptions } from "../tls-peer-channel.ts";
import type { Mount } from "./mount.ts";
import type { Admission, PeerThreadStart, ThreadNews } from "./thread-messages.ts";

/** Planes and seeds of several blocks may wait for an engine that is busy. */
const MAX_BULK_BYTES = 1 << 28;

/** The thread of the connection to the other site, with the owners that are mounted on it. */
export class PeerThread {
  readonly #worker: Worker;
  readonly #ready: Promise<void>;
  #failed: (cause: unknown) => void = () => {};
  #traced: (line: string) => void = () => {};
  #recorded: PeerTap = () => {};

  constructor(start: PeerThreadStart, transfer: Mount["transfer"]) {
    const file = import.meta.url.endsWith(".ts") ? "./peer-worker.ts" : "./peer-worker.js";
    this.#worker = new Worker(new URL(file, import.meta.url), {
      workerData: start,
      transferList: [start.port, ...start.mounts.map(({ port }) => port), ...transfer],
    });
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.on("message", (news: ThreadNews) => {
        if (news.type === "ready") resolve();
        else if (news.type === "trace") this.#traced(news.line);
        else this.#recorded(...news.recorded);
      });
      this.#worker.on("error", (cause) => {
        reject(cause);
        this.#failed(cause);
      });
    });
  }

  /** Resolves when every owner is mounted; rejects with what kept the thread from it. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** Called with the cause when the thread dies. */
  onFailure(failed: (cause: unknown) => void): void {
    this.#failed = failed;
  }

  /** Called with each message in words, where the thread was opened to trace. */
  onTrace(traced: (line: string) => void): void {
    this.#traced = traced;
  }

  /** Called with each message, redacted, where the thread was opened to record. */
  onRecord(recorded: PeerTap): void {
    this.#recorded = recorded;
  }

  /** Lets an owner use the connection of that epoch; until then what the other site sends it is held. */
  admit(owner: PeerOwner, epoch: number): void {
    this.#worker.postMessage({ owner, epoch } satisfies Admission);
  }

  /** Ends the thread, whatever it does. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

/**
 * Makes the connection in a thread of its own. All owners but the mounted ones use it through `channel`: subscribe, then
 * `begin`. `told`: the thread tells every message in words, or redacted for a recording. Rejects with what kept the thread from starting.
 */
export async function openPeerThread(
  { secret, ...connection }: TlsPeerOptions,
  mounts: readonly Mount[],
  told: { readonly trace?: boolean; readonly record?: boolean } = {},
): Promise<{ readonly thread: PeerThread; readonly channel: PeerEndpoint }> {
  const { port1, port2 } = new MessageChannel();
  const plain = { ...connection, secret: secret.reveal().slice() };
  const thread = startThread(
    { port: port2, connection: plain, trace: told.trace ?? false, record: told.record ?? false },
    mounts,
  );
  await thread.ready.finally(() => plain.secret.fill(0));
  // Not before: a listening port would keep the process of a site alive that could not start.
  return { thread, channel: new RemotePeerChannel(port1) };
}

/** The same over a channel of the caller's, which then stays in the main thread. */
export async function openPeerThreadOver(
  channel: PeerChannel,
  mounts: readonly Mount[],
): Promise<{ readonly thread: PeerThread; readonly close: () => void }> {
  const { port1, port2 } = new MessageChannel();
  const thread = startThread({ port: port2, connection: null, trace: false, record: false }, mounts);
  await thread.ready;
  const owners = new Set<PeerOwner | undefined>(mounts.map(({ owner }) => owner));
  servePeerChannel(channel, port1, (kind) => owners.has(peerOwnerOf(kind)), MAX_BULK_BYTES);
  return { thread, close: () => port1.close() };
}

function startThread(start: Omit<PeerThreadStart, "mounts">, mounts: readonly Mount[]): PeerThread {
  const told = mounts.map(({ owner, module, port: way, data }) => ({
    owner,
    module: module.href,
    port: way,
    data,
  }));
  return new PeerThread(
    { ...start, mounts: told },
    mounts.flatMap(({ transfer }) => [...transfer]),
  );
}
