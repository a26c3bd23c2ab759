import { parentPort, workerData } from "node:worker_threads";
import { plainError, revivedError } from "../../../../errors/index.ts";
import { createKernels } from "../../../../kernels/index.ts";
import { distillationHave } from "../../../../protocol/index.ts";
import type { OutgoingMessage } from "../../../peer/peer-channel.ts";
import { DistillationEngine } from "../engine/distillation-engine.ts";
import type { EngineInput } from "../engine-io.ts";
import { enginePeer } from "./engine-peer.ts";
import { insecureRandom, secureRandom } from "./random-source.ts";
import { StepPace } from "./step-pace.ts";
import { StepTimer } from "./step-timer.ts";
import { turnEnd } from "./turn.ts";
import type {
  AmplifyAnswer,
  HostInput,
  PlacedFrame,
  PlainOutput,
  WorkerReport,
  WorkerStart,
} from "./worker-messages.ts";

const TICK_MS = 250;
const PROGRESS_MS = 250;
/** From this share of the permitted cohorts on, both sites must work at once. */
const CROWDED = 0.75;
/** Parities that are worth a message of their own then. */
const TURN_BYTES = 4096;

const port = parentPort;
if (port === null) throw new Error("the distillation engine runs in a worker thread");
const start = workerData as WorkerStart;
const { role, amplifier, insecureSeed, settings, firstSequence } = start;
const kernels = await createKernels();
const random = insecureSeed === undefined ? secureRandom : insecureRandom(`${insecureSeed}/${role}`);
const engine = new DistillationEngine(role, { settings, kernels, random, firstSequence });
const peer = enginePeer(start.peer);
const pace = new StepPace();
const places: SharedArrayBuffer[] = [];
const timer = new StepTimer(step);
let inputs: EngineInput[] = [];
let progressAtMs = 0;

/** Everything that arrives until the next step is due is one step, so that busy times make larger batches, not more of them. */
function take(input: EngineInput): void {
  const now = performance.now();
  if (input.type === "rawFrame") pace.frame(now);
  inputs.push(input);
  const delayMs = isRound(input) ? pace.roundDelayMs(now, engine.cohortsShare) : pace.delayMs(now);
  timer.ask(now, delayMs);
}

/** Whether cohorts under way wait for this. */
function isRound(input: EngineInput): boolean {
  return input.type === "peerMessage" && input.kind !== distillationHave.kind;
}

function step(): void {
  pace.step(performance.now());
  const nowMs = Date.now();
  const end = engine.cohortsShare < CROWDED ? inputs.length : turnEnd(inputs, TURN_BYTES);
  const taken = inputs.slice(0, end);
  inputs = inputs.slice(end);
  if (inputs.length > 0) timer.ask(performance.now(), 0);
  const outputs: PlainOutput[] = [];
  const messages: OutgoingMessage[] = [];
  const transfer: ArrayBuffer[] = [];
  for (const output of engine.step(taken, nowMs)) {
    if (output.type === "amplify") {
      const { type: _, ...job } = output;
      amplifier.postMessage(job, [job.key.buffer as ArrayBuffer, job.seed.buffer as ArrayBuffer]);
    } else if (output.type === "send") messages.push(output);
    else if (output.type === "failure") outputs.push({ type: "failure", error: plainError(output.error) });
    else {
      if (output.type === "block") transfer.push(output.block.key.buffer as ArrayBuffer);
      outputs.push(output);
    }
  }
  // A channel that is down says so by its state; the engine then drops what was under way.
  if (messages.length > 0) peer.channel.sendAll(messages).catch(() => {});
  for (const input of taken) if (input.type === "peerMessage") peer.channel.recycle(input.body);
  const due = nowMs - progressAtMs >= PROGRESS_MS;
  if (outputs.length === 0 && !due) return;
  if (due) progressAtMs = nowMs;
  const report: WorkerReport = { outputs, progress: due ? engine.progress : null };
  port!.postMessage(report, transfer);
}

function placed({ frame, place }: PlacedFrame): EngineInput {
  if (place.memory !== undefined) places[place.place] = place.memory;
  const memory = places[place.place] as SharedArrayBuffer;
  const planes = new Uint8Array(memory, 0, place.bytes);
  return { type: "rawFrame", frame: { ...frame, place: place.place }, planes };
}

port.on("message", (given: readonly HostInput[]) => {
  for (const input of given)
    if (input.type === "rawFrame") take(placed(input));
    else if (input.type === "admit") peer.admit(input.epoch);
    else if ("error" in input) take({ ...input, error: revivedError(input.error) });
    else take(input);
});
peer.channel.state$.subscribe(({ state }) => {
  if (state === "up") take({ type: "peerUp" });
  else if (state === "down") take({ type: "peerDown" });
});
peer.channel.messages$.subscribe(({ kind, body }) => take({ type: "peerMessage", kind, body }));
amplifier.on("message", (answer: AmplifyAnswer) => {
  if ("key" in answer) take({ type: "amplified", sequence: answer.sequence, key: answer.key });
  else take({ type: "amplifyFailed", sequence: answer.sequence, error: revivedError(answer.error) });
});
setInterval(() => {
  if (!timer.waits) step();
}, TICK_MS);
port.postMessage({ outputs: [], progress: engine.progress } satisfies WorkerReport);
