import { Worker } from "node:worker_threads";
import { InternalError, LinkError } from "../../../errors/index.ts";
import type { Answer, Question } from "./diagnosed.ts";

/** Diagnoses in a thread of its own, since it may take a second that key delivery would wait for. */
export class DiagnosisThread {
  #worker: Worker | null = null;
  #waiting: PromiseWithResolvers<Answer> | null = null;
  #closed = false;

  /** True while a question is being answered. */
  get busy(): boolean {
    return this.#waiting !== null;
  }

  /** One question at a time. Rejects where the thread fails; the next question begins another one. */
  async ask(question: Question): Promise<Answer> {
    if (this.#waiting !== null || this.#closed)
      throw new InternalError("QKD_INTERNAL", "a diagnosis is under way, or none is wanted any more");
    const waiting = Promise.withResolvers<Answer>();
    this.#waiting = waiting;
    this.#worker ??= this.#begin();
    this.#worker.postMessage(question);
    return waiting.promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #begin(): Worker {
    const file = import.meta.url.endsWith(".ts") ? "./diagnosis-worker.ts" : "./diagnosis-worker.js";
    const worker = new Worker(new URL(file, import.meta.url));
    worker.unref();
    worker.on("message", (answer: Answer) => this.#settle((waiting) => waiting.resolve(answer)));
    worker.on("error", (cause) => this.#settle((waiting) => waiting.reject(cause)));
    worker.on("exit", () => {
      this.#worker = null;
      this.#settle((waiting) =>
        waiting.reject(new LinkError("QKD_LINK_FAILED", "the diagnosis ended without an answer")),
      );
    });
    return worker;
  }

  #settle(how: (waiting: PromiseWithResolvers<Answer>) => void): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) how(waiting);
  }
}
