import { Worker } from "node:worker_threads";
import { LENGTH, MAX_INPUT_BYTES, RUNS, type WorkerNews, type WorkerOrder } from "./fuzz-order.ts";

/** An input that did what none may, and what that was. */
export interface Finding {
  readonly input: Uint8Array;
  readonly text: string;
}

/** What became of one target. */
export interface CampaignResult {
  readonly target: string;
  readonly seed: number;
  readonly seconds: number;
  readonly runs: number;
  /** Inputs that reached something new. */
  readonly corpus: number;
  /** Statements, functions and branches that were reached. */
  readonly reached: number;
  readonly findings: readonly Finding[];
}

/** How one target is driven. */
export interface CampaignOptions {
  readonly name: string;
  /** Module of the target, as a URL. */
  readonly module: string;
  readonly kept?: readonly Uint8Array[];
  readonly seconds: number;
  readonly seed: number;
  /** An input that takes more of the processor's time hangs, or one that waits for twelve times as long; 10 s unless told. */
  readonly hangMs?: number;
  readonly mostFindings?: number;
}

/** The target may hold this much; what an input makes it hold beyond is a finding. */
const HEAP_MB = 1024;
const WATCH_MS = 200;
/** An input that waits, and does not work, has so many times as long. */
const WAITS_FOR = 12;

/** Drives one target for its time in a thread of its own, which is ended where an input hangs or takes all memory. */
export async function fuzzCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { name, module, kept = [], seconds, seed, hangMs = 10_000, mostFindings = 5 } = options;
  const shared = { facts: new SharedArrayBuffer(8), input: new SharedArrayBuffer(MAX_INPUT_BYTES) };
  const facts = new Int32Array(shared.facts);
  const begin = Date.now();
  const order: WorkerOrder = {
    module,
    kept,
    seed,
    forMs: seconds * 1000,
    mostFindings,
    shared,
  };
  const findings: Finding[] = [];
  const underWay = (text: string): void => {
    findings.push({ input: new Uint8Array(shared.input).slice(0, facts[LENGTH]), text });
  };
  let ended: Extract<WorkerNews, { type: "ended" }> = { type: "ended", corpus: 0, reached: 0 };
  const worker = new Worker(new URL("fuzz-worker.ts", import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  let runs = 0;
  let since = { atMs: Date.now(), cpu: process.cpuUsage() };
  const watch = setInterval(() => {
    const now = Atomics.load(facts, RUNS);
    if (now !== runs || now === 0) since = { atMs: Date.now(), cpu: process.cpuUsage() };
    runs = now;
    const { user, system } = process.cpuUsage(since.cpu);
    // On a machine that is busy with others an input may take long without any fault.
    if ((user + system) / 1000 < hangMs && Date.now() - since.atMs < WAITS_FOR * hangMs) return;
    clearInterval(watch);
    underWay(`the input is not done with after ${hangMs} ms`);
    void worker.terminate();
  }, WATCH_MS);
  await new Promise<void>((resolve) => {
    worker.on("message", (news: WorkerNews) => {
      if (news.type === "finding") findings.push(news);
      else ended = news;
    });
    // What is thrown beside the target's own call, out of a timer or an event, arrives here.
    worker.on("error", (error: Error) => underWay(error.stack ?? String(error)));
    worker.on("exit", () => resolve());
  });
  clearInterval(watch);
  const { corpus, reached } = ended;
  runs = Atomics.load(facts, RUNS);
  return { target: name, seed, seconds: (Date.now() - begin) / 1000, runs, corpus, reached, findings };
}
