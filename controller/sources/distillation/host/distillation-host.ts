import type { MessagePort, Transferable, Worker } from "node:worker_threads";
import { ReplaySubject, Subject } from "rxjs";
import type { RawKeyFrame } from "../../../../drivers/index.ts";
import {
  DistillationError,
  KeyStoreError,
  plainError,
  QkdError,
  revivedError,
} from "../../../../errors/index.ts";
import { SecretBytes } from "../../../../protocol/index.ts";
import type { AuthReserve, NewBlock } from "../../../pool/key-pool.ts";
import type { SourceHoldings } from "../../block-source.ts";
import type { BlockReport } from "../block-report.ts";
import type { AuthRequest, DistillationProgress, DroppedBlock } from "../engine-io.ts";
import type { Distillation, DistilledBlock } from "./distillation.ts";
import { SharedFrames } from "./shared-frames.ts";
import { type HostInput, type PlainOutput, type WorkerReport, workerError } from "./worker-messages.ts";

interface Answering {
  readonly resolve: (holdings: SourceHoldings) => void;
  readonly reject: (error: QkdError) => void;
}

function closedDistillation(): DistillationError {
  return new DistillationError("QKD_DISTILLATION_WORKER", "the distillation is closed", {
    remedy: "none needed: the controller is closing",
  });
}

/** The main thread's half of distillation: shares frames with the engine, hands out what it says, fetches pads for it. */
export class DistillationHost implements Distillation {
  readonly #auth: AuthReserve;
  readonly #consumed = new Subject<number>();
  readonly #blocks = new Subject<DistilledBlock>();
  readonly #aborted = new Subject<BlockReport>();
  readonly #dropped = new Subject<DroppedBlock>();
  readonly #failures = new Subject<QkdError>();
  readonly #progress = new ReplaySubject<DistillationProgress>(1);
  readonly consumed$ = this.#consumed.asObservable();
  readonly blocks$ = this.#blocks.asObservable();
  readonly aborted$ = this.#aborted.asObservable();
  readonly dropped$ = this.#dropped.asObservable();
  readonly failures$ = this.#failures.asObservable();
  readonly progress$ = this.#progress.asObservable();
  readonly #engine: MessagePort;
  readonly #amplifier: Worker;
  readonly #frames = new SharedFrames();
  #inputs: HostInput[] = [];
  #transfer = new Set<Transferable>();
  #closers: (() => unknown)[] = [];
  #closed = false;
  #questions = 0;
  readonly #asked = new Map<number, Answering>();

  /** `engine`: this half's end of the way to the mounted engine. */
  constructor(auth: AuthReserve, engine: MessagePort, amplifier: Worker) {
    this.#auth = auth;
    this.#engine = engine;
    this.#amplifier = amplifier;
    amplifier.on("error", (cause) => this.failed(cause));
    engine.on("message", (report: WorkerReport) => this.#take(report));
  }

  offer(frame: RawKeyFrame): void {
    const { planes, ...facts } = frame;
    this.#give({ type: "rawFrame", frame: facts, place: this.#frames.put(planes) });
  }

  flush(): void {
    this.#give({ type: "flush" });
  }

  allow(attempts: number): void {
    this.#give({ type: "mayAttempt", attempts });
  }

  holdings(): Promise<SourceHoldings> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closedDistillation());
      const id = this.#questions++;
      this.#asked.set(id, { resolve, reject });
      this.#give({ type: "holdings", id });
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject } of this.#asked.values()) reject(closedDistillation());
    this.#asked.clear();
    for (const closer of this.#closers.toReversed()) await closer();
    this.#engine.close();
    await this.#amplifier.terminate();
    for (const subject of [this.#consumed, this.#blocks, this.#aborted, this.#dropped, this.#failures])
      subject.complete();
    this.#progress.complete();
  }

  /** One of the threads died, and this object with it. */
  failed(cause: unknown): void {
    if (this.#closed) return;
    this.#failures.next(workerError(cause));
    void this.close();
  }

  /** Work to be done when this ends, the last one named first. */
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
    if (report.progress !== null) this.#progress.next(report.progress);
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
      case "holdings":
        this.#asked.get(output.id)?.resolve(output.holdings);
        this.#asked.delete(output.id);
        break;
      case "blockAborted":
        this.#aborted.next(output.report);
        break;
      case "blockDropped": {
        const { type: _, ...dropped } = output;
        this.#dropped.next(dropped);
        break;
      }
      case "failure":
        this.#failures.next(revivedError(output.error));
    }
  }

  async #authenticate(request: AuthRequest): Promise<void> {
    const auth = this.#auth;
    try {
      const { offset, material } =
        request.direction === "own"
          ? await auth.reserve(request.bytes)
          : {
              offset: request.offset ?? 0,
              material: await auth.reserveFromPeer(request.offset ?? 0, request.bytes),
            };
      const level = await auth.level();
      const bytes = new Uint8Array(material.reveal());
      material.wipe();
      this.#transfer.add(bytes.buffer);
      this.#give({ type: "authMaterial", id: request.id, offset, material: bytes, level });
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
}
