import { MessageChannel, type Transferable, Worker } from "node:worker_threads";
import { BehaviorSubject, type Observable, Subject } from "rxjs";
import type { RawKeyFrame } from "../../../../drivers/index.ts";
import {
  DistillationError,
  KeyStoreError,
  plainError,
  QkdError,
  revivedError,
} from "../../../../errors/index.ts";
import { createKernels } from "../../../../kernels/index.ts";
import { SecretBytes } from "../../../../protocol/index.ts";
import type { PeerChannel, PeerEndpoint } from "../../../peer/peer-channel.ts";
import { RemotePeerChannel, servePeerChannel } from "../../../peer/remote-peer-channel.ts";
import type { TlsPeerOptions } from "../../../peer/tls-peer-channel.ts";
import type { AuthReserve, NewBlock, SiteRole } from "../../../pool/key-pool.ts";
import type { BlockReport } from "../block-report.ts";
import type { AuthRequest, DistillationProgress } from "../engine-io.ts";
import { agreedSettings, type DistillationSettings } from "../settings.ts";
import { isDistillationKind } from "./distillation-kind.ts";
import type { EnginePeerStart } from "./engine-peer.ts";
import { SharedFrames } from "./shared-frames.ts";
import {
  type HostInput,
  type PlainOutput,
  type WorkerReport,
  type WorkerStart,
  workerError,
} from "./worker-messages.ts";

/** What distillation at one site needs, however the other site is reached. */
export interface DistillationBasics {
  readonly role: SiteRole;
  readonly settings: DistillationSettings;
  readonly auth: AuthReserve;
  /** Lowest block sequence this site may use: one more than any it ever stored. */
  readonly firstSequence: number;
  /** Derives every random choice from this text, so that two runs give equal keys: tests alone. */
  readonly insecureSeed?: string;
}

/** Distillation over a channel of the caller's. */
export interface DistillationOptions extends DistillationBasics {
  readonly peer: PeerChannel;
}

/** Distillation over a connection that its own thread makes. */
export interface ConnectedDistillationOptions extends DistillationBasics {
  readonly connection: TlsPeerOptions;
}

/** A finished block with its statistics. */
export interface DistilledBlock {
  readonly block: NewBlock;
  readonly report: BlockReport;
}

/** Distillation of one site, running in worker threads. */
export interface Distillation {
  /** Takes a copy of a raw-key frame. */
  offer(frame: RawKeyFrame): void;
  /** Numbers of frames that were taken over: acknowledge them to the device. */
  readonly consumed$: Observable<number>;
  /** Blocks whose transcripts both sites have authenticated. */
  readonly blocks$: Observable<DistilledBlock>;
  /** Blocks that gave no key, with the reason in `aborted`. */
  readonly aborted$: Observable<BlockReport>;
  /** Blocks lost to a reconnection, a broken message or a wrong tag. */
  readonly dropped$: Observable<{ readonly sequence: number; readonly reason: string }>;
  /** Everything that went wrong and was survived; QKD_DISTILLATION_WORKER means that this object is dead. */
  readonly failures$: Observable<QkdError>;
  readonly progress$: Observable<DistillationProgress>;
  /** Alice's site: ends the block under way whatever its size. */
  flush(): void;
  /** Stops the threads; blocks under way are lost. Idempotent. */
  close(): Promise<void>;
}

/** Distillation whose thread holds the connection, so that messages do not cross threads on their way to the other site. */
export interface ConnectedDistillation extends Distillation {
  /** The connection as all others use it. Subscribe, then `begin`. */
  readonly channel: PeerEndpoint;
  /** Lets distillation use the connection of that epoch; until then what the other site sends is held. */
  admit(epoch: number): void;
}

/**
 * Starts the engine's thread and the amplifying thread and joins them to the peer channel and the reserve.
 * @throws ConfigError for impossible settings, KernelError when the kernels cannot be loaded.
 */
export async function createDistillation(options: DistillationOptions): Promise<Distillation> {
  const { port1, port2 } = new MessageChannel();
  const host = await startHost(options, { port: port2, connection: null });
  servePeerChannel(options.peer, port1, isDistillationKind);
  host.onClose(() => port1.close());
  return host;
}

/** The same with a connection of its own. @throws like `createDistillation`. */
export async function createConnectedDistillation(
  options: ConnectedDistillationOptions,
): Promise<ConnectedDistillation> {
  const { secret, ...connection } = options.connection;
  const { port1, port2 } = new MessageChannel();
  const plain = { ...connection, secret: secret.reveal().slice() };
  const host = await startHost(options, { port: port2, connection: plain }).finally(() =>
    plain.secret.fill(0),
  );
  // Not before: a listening port would keep the process of a site alive that could not start.
  const channel = new RemotePeerChannel(port1);
  host.onClose(() => channel.close());
  return Object.assign(host, { channel });
}

async function startHost(options: DistillationBasics, peer: EnginePeerStart): Promise<DistillationHost> {
  agreedSettings(options.settings);
  // Errors lose their class on the way out of a thread: a missing kernel is found here, under its own code.
  await createKernels();
  const host = new DistillationHost(options, peer);
  await host.started;
  return host;
}

class DistillationHost implements Distillation {
  readonly #options: DistillationBasics;
  readonly #consumed = new Subject<number>();
  readonly #blocks = new Subject<DistilledBlock>();
  readonly #aborted = new Subject<BlockReport>();
  readonly #dropped = new Subject<{ readonly sequence: number; readonly reason: string }>();
  readonly #failures = new Subject<QkdError>();
  #progress: BehaviorSubject<DistillationProgress> | null = null;
  readonly consumed$ = this.#consumed.asObservable();
  readonly blocks$ = this.#blocks.asObservable();
  readonly aborted$ = this.#aborted.asObservable();
  readonly dropped$ = this.#dropped.asObservable();
  readonly failures$ = this.#failures.asObservable();
  readonly #engine: Worker;
  readonly #amplifier: Worker;
  readonly started: Promise<void>;
  readonly #frames = new SharedFrames();
  #inputs: HostInput[] = [];
  #transfer = new Set<Transferable>();
  #closers: (() => unknown)[] = [];
  #closed = false;

  constructor(options: DistillationBasics, peer: EnginePeerStart) {
    this.#options = options;
    const { role, settings, firstSequence, insecureSeed } = options;
    const { port1, port2 } = new MessageChannel();
    this.#amplifier = new Worker(workerUrl("amplifier-worker"), {
      workerData: { engine: port1 },
      transferList: [port1],
    });
    this.#engine = new Worker(workerUrl("distillation-worker"), {
      workerData: {
        role,
        settings,
        firstSequence,
        amplifier: port2,
        peer,
        ...(insecureSeed === undefined ? {} : { insecureSeed }),
      } satisfies WorkerStart,
      transferList: [port2, peer.port],
    });
    this.started = new Promise((resolve, reject) => {
      for (const worker of [this.#engine, this.#amplifier])
        worker.on("error", (cause) => {
          reject(workerError(cause));
          this.#dead(workerError(cause));
        });
      this.#engine.on("message", (report: WorkerReport) => {
        if (this.#progress === null && report.progress !== null) {
          this.#progress = new BehaviorSubject(report.progress);
          resolve();
        } else this.#take(report);
      });
    });
  }

  get progress$(): Observable<DistillationProgress> {
    if (this.#progress === null)
      throw new DistillationError("QKD_DISTILLATION_WORKER", "distillation is not started");
    return this.#progress.asObservable();
  }

  offer(frame: RawKeyFrame): void {
    const { planes, ...facts } = frame;
    this.#give({ type: "rawFrame", frame: facts, place: this.#frames.put(planes) });
  }

  flush(): void {
    this.#give({ type: "flush" });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const closer of this.#closers) await closer();
    await Promise.all([this.#engine.terminate(), this.#amplifier.terminate()]);
    for (const subject of [this.#consumed, this.#blocks, this.#aborted, this.#dropped, this.#failures])
      subject.complete();
    this.#progress?.complete();
  }

  admit(epoch: number): void {
    this.#give({ type: "admit", epoch });
  }

  /** Work to be done before the threads stop. */
  onClose(closer: () => unknown): void {
    this.#closers.push(closer);
  }

  /** Everything that arrives in one turn of the event loop crosses to the thread in one message. */
  #give(input: HostInput): void {
    if (this.#closed) return;
    this.#inputs.push(input);
    if (this.#inputs.length > 1) return;
    queueMicrotask(() => {
      const inputs = this.#inputs;
      const transfer = [...this.#transfer];
      this.#inputs = [];
      this.#transfer = new Set();
      if (!this.#closed) this.#engine.postMessage(inputs, transfer);
    });
  }

  #take(report: WorkerReport): void {
    if (this.#closed) return;
    for (const output of report.outputs) this.#perform(output);
    if (report.progress !== null) this.#progress?.next(report.progress);
  }

  #perform(output: PlainOutput): void {
    switch (output.type) {
      case "acknowledgeFrame":
        if (output.place !== undefined) this.#frames.release(output.place);
        this.#consumed.next(output.frameId);
        break;
      case "needAuth":
        void this.#authenticate(output.request);
        break;
      case "block": {
        const { key, ...rest } = output.block;
        const { epsilon } = output.report;
        const block: NewBlock = { ...rest, origin: "qkd", key: new SecretBytes(key), epsilon };
        this.#blocks.next({ block, report: output.report });
        break;
      }
      case "blockAborted":
        this.#aborted.next(output.report);
        break;
      case "blockDropped":
        this.#dropped.next({ sequence: output.sequence, reason: output.reason });
        break;
      case "failure":
        this.#failures.next(revivedError(output.error));
    }
  }

  async #authenticate(request: AuthRequest): Promise<void> {
    const { auth } = this.#options;
    try {
      const { offset, material } =
        request.direction === "own"
          ? await auth.reserve(request.bytes)
          : {
              offset: request.offset ?? 0,
              material: await auth.reserveFromPeer(request.offset ?? 0, request.bytes),
            };
      const bytes = new Uint8Array(material.reveal());
      material.wipe();
      this.#transfer.add(bytes.buffer);
      this.#give({ type: "authMaterial", id: request.id, offset, material: bytes });
    } catch (error) {
      const known =
        error instanceof QkdError
          ? error
          : new KeyStoreError("QKD_KEYSTORE_UNREADABLE", "the authentication reserve failed", {
              cause: error,
            });
      this.#give({ type: "authRefused", id: request.id, error: plainError(known) });
    }
  }

  #dead(error: DistillationError): void {
    if (this.#closed) return;
    this.#failures.next(error);
    void this.close();
  }
}

function workerUrl(name: string): URL {
  return new URL(`./${name}.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url);
}
