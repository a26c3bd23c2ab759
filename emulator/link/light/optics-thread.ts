import { Worker } from "node:worker_threads";
import { errorOf, InternalError } from "../../../errors/index.ts";
import type { ScanControl } from "../../device/scans/scan.ts";
import type { FrameLimits } from "../../optics/optics.ts";
import type { FrameTruth } from "../../optics/truth/frame-truth.ts";
import type { CountedGates } from "./gate-counter.ts";
import type { OpticsAnswer, OpticsOrder, OpticsWorkerData } from "./optics-messages.ts";
import type { OpticsChange } from "./optics-mixer.ts";
import type { PairFrame } from "./pair-frame.ts";

type Order = OpticsOrder extends infer O
  ? O extends { readonly id: number }
    ? Omit<O, "id">
    : never
  : never;

/** The optics in a thread of their own. Orders are carried out in the order of the calls. */
export class OpticsThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (answer: OpticsAnswer) => void; readonly reject: (error: Error) => void }
  >();
  #nextId = 0;
  #dead: Error | undefined;

  constructor(data: OpticsWorkerData) {
    const file = import.meta.url.endsWith(".ts") ? "./optics-worker.ts" : "./optics-worker.js";
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: data });
    this.#worker.on("message", (answer: OpticsAnswer) => this.#answered(answer));
    this.#worker.on("error", (error: Error) => this.#die(error));
    this.#worker.on("exit", () => this.#die(new Error("the optics' thread has ended")));
  }

  /** The next frame of the key, its planes in `memory`. */
  async produce(
    limits: FrameLimits,
    memory: SharedArrayBuffer,
  ): Promise<{ readonly frame: PairFrame; readonly truth?: FrameTruth }> {
    return asFrame(await this.#order({ type: "produce", limits, memory }));
  }

  /** Light that no key is made of. */
  async probe(limits: FrameLimits): Promise<PairFrame> {
    return asFrame(await this.#order({ type: "probe", limits })).frame;
  }

  /** Counts light that no key is made of, with the settings of both ends. */
  async measure(gates: number, anew: boolean): Promise<CountedGates> {
    const answer = await this.#order({ type: "measure", gates, anew });
    if (answer.type !== "measured")
      throw new InternalError("QKD_INTERNAL", "the optics answered without counts");
    return answer;
  }

  /** Counts light that no key is made of under other settings. */
  async sample(controls: readonly ScanControl[], limits: FrameLimits): Promise<CountedGates> {
    const answer = await this.#order({ type: "sample", controls, limits });
    if (answer.type !== "measured")
      throw new InternalError("QKD_INTERNAL", "the optics answered without counts");
    return answer;
  }

  /** Changes the optics after the frames ordered so far, or at a gate of the timeline that lies beyond them. */
  async change(change: OpticsChange, atGate?: bigint): Promise<void> {
    await this.#order({ type: "change", change, atGate });
  }

  /** Lets gates pass on the timeline without a key exchange. */
  async pass(gates: bigint): Promise<void> {
    await this.#order({ type: "pass", gates });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #order(order: Order): Promise<OpticsAnswer> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...order } satisfies OpticsOrder);
    });
  }

  #answered(answer: OpticsAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.type === "failed") waiting?.reject(asError(answer));
    else waiting?.resolve(answer);
  }

  #die(error: Error): void {
    this.#dead ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function asFrame(answer: OpticsAnswer): { readonly frame: PairFrame; readonly truth?: FrameTruth } {
  if (answer.type !== "frame") throw new InternalError("QKD_INTERNAL", "the optics answered without a frame");
  return answer;
}

function asError(answer: OpticsAnswer & { type: "failed" }): Error {
  return errorOf(answer.code, answer.message, { context: answer.context, remedy: answer.remedy });
}
