import { parentPort, workerData } from "node:worker_threads";
import { Corpus } from "jsfuzz/build/src/corpus.js";
import type { FuzzTarget } from "../fuzz-target.ts";
import { Coverage, watchModules } from "./coverage.ts";
import { LENGTH, MAX_INPUT_BYTES, RUNS, type WorkerNews, type WorkerOrder } from "./fuzz-order.ts";
import { seededNumbers } from "./seeded-numbers.ts";

/**
 * Drives one target until told otherwise by its end: inputs of jsfuzz, kept where they reach code that none before reached.
 * The input under way lies in shared memory, so that whoever ends this thread knows it.
 */
const { module, kept, seed, forMs, shared, mostFindings } = workerData as WorkerOrder;
const facts = new Int32Array(shared.facts);
const current = new Uint8Array(shared.input);
const port = parentPort;
if (port === null) throw new Error("the fuzzer's worker runs in a thread of its own");
const tell = (news: WorkerNews) => port.postMessage(news);

watchModules();
const { target } = (await import(module)) as { readonly target: FuzzTarget };
// jsfuzz draws from Math.random alone: so a seed repeats a run.
Math.random = seededNumbers(seed);
const corpus = new Corpus([], false);
const coverage = new Coverage();
const seen = new Set<string>();
// All of these stay, for messages of many kinds share the code that reads them.
for (const input of [...target.seeds(), ...kept]) await play(Buffer.from(input), true);
const endsAtMs = Date.now() + forMs;
while (Date.now() < endsAtMs && seen.size < mostFindings) await play(corpus.generateInput());
await target.close?.();
tell({ type: "ended", corpus: corpus.getLength(), reached: coverage.reached });

async function play(made: Buffer, stays = false): Promise<void> {
  const input = made.subarray(0, MAX_INPUT_BYTES);
  current.set(input);
  facts[LENGTH] = input.length;
  Atomics.add(facts, RUNS, 1);
  try {
    const running = target.run(Uint8Array.from(input));
    if (running instanceof Promise) await running;
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const mark = error instanceof Error ? `${error.name} ${text.split("\n")[1] ?? ""}` : text;
    if (seen.has(mark)) return;
    seen.add(mark);
    tell({ type: "finding", input: Uint8Array.from(input), text });
    return;
  }
  if (coverage.look() || stays) corpus.putBuffer(Buffer.from(input));
}
