import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { createKernels } from "../../../kernels/index.ts";
import { AliceEngine } from "../alice-engine.ts";
import { BobEngine } from "../bob-engine.ts";
import type { EngineInput } from "../engine-io.ts";
import { insecureRandom, secureRandom } from "./random-source.ts";
import {
  type AmplifyAnswer,
  type PlainInput,
  type PlainOutput,
  plainError,
  revivedError,
  type WorkerReport,
  type WorkerStart,
} from "./worker-messages.ts";

const TICK_MS = 250;
const PROGRESS_MS = 250;

const port = parentPort;
if (port === null) throw new Error("the distillation engine runs in a worker thread");
const { role, amplifier, insecureSeed, settings, firstSequence } = workerData as WorkerStart;
const kernels = await createKernels();
const random = insecureSeed === undefined ? secureRandom : insecureRandom(`${insecureSeed}/${role}`);
const Engine = role === "alice" ? AliceEngine : BobEngine;
const engine = new Engine({ settings, kernels, random, firstSequence });
let progressAtMs = 0;

/** Runs the engine over everything that has arrived by now, so that busy times make larger batches, not more of them. */
function run(first: readonly PlainInput[]): void {
  const inputs = first.map(revive);
  for (let more = receiveMessageOnPort(port!); more !== undefined; more = receiveMessageOnPort(port!))
    inputs.push(...(more.message as PlainInput[]).map(revive));
  const nowMs = Date.now();
  const outputs: PlainOutput[] = [];
  const transfer = new Set<ArrayBuffer>();
  for (const output of engine.step(inputs, nowMs)) {
    if (output.type === "amplify") {
      const { type: _, ...job } = output;
      amplifier.postMessage(job, [job.key.buffer as ArrayBuffer, job.seed.buffer as ArrayBuffer]);
    } else if (output.type === "send") {
      const body = joined(output.parts);
      transfer.add(body.buffer as ArrayBuffer);
      outputs.push({ type: "send", kind: output.kind, body });
    } else if (output.type === "failure") {
      outputs.push({ type: "failure", error: plainError(output.error) });
    } else {
      if (output.type === "block") transfer.add(output.block.key.buffer as ArrayBuffer);
      outputs.push(output);
    }
  }
  const due = nowMs - progressAtMs >= PROGRESS_MS;
  if (outputs.length === 0 && !due) return;
  if (due) progressAtMs = nowMs;
  const report: WorkerReport = { outputs, progress: due ? engine.progress : null };
  port!.postMessage(report, [...transfer]);
}

function revive(input: PlainInput): EngineInput {
  return "error" in input ? { ...input, error: revivedError(input.error) } : input;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const body = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

port.on("message", (inputs: PlainInput[]) => run(inputs));
amplifier.on("message", (answer: AmplifyAnswer) => {
  if ("key" in answer) run([{ type: "amplified", sequence: answer.sequence, key: answer.key }]);
  else run([{ type: "amplifyFailed", sequence: answer.sequence, error: answer.error }]);
});
setInterval(() => run([]), TICK_MS);
port.postMessage({ outputs: [], progress: engine.progress } satisfies WorkerReport);
