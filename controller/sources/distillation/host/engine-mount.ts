import type { MessagePort } from "node:worker_threads";
import { plainError, type QkdError, revivedError } from "../../../../errors/index.ts";
import { createKernels } from "../../../../kernels/index.ts";
import { distillationHave } from "../../../../protocol/index.ts";
import type { BulkPeerChannel, OutgoingMessage } from "../../../peer/peer-channel.ts";
import type { Mounted } from "../../../peer/thread/mount.ts";
import { steadyMs } from "../../../steady-time.ts";
import { DistillationEngine } from "../engine/distillation-engine.ts";
import type { EngineInput } from "../engine-io.ts";
import { insecureRandom, secureRandom } from "./random-source.ts";
import { StepPace } from "./step-pace.ts";
import { StepTimer } from "./step-timer.ts";
import { turnEnd } from "./turn.ts";
import type {
  AmplifyAnswer,
  EngineStart,
  HoldingsQuestion,
  HostInput,
  PlacedFrame,
  PlainOutput,
  WorkerReport,
} from "./worker-messages.ts";

const TICK_MS = 250;
const PROGRESS_MS = 250;
/** From this share of the permitted cohorts on, both sites must work at once. */
const CROWDED = 0.75;
/** Parities that are worth a message of their own then. */
const TURN_BYTES = 4096;

/** Runs the engine in the thread of the connection: messages go from the socket to the engine and back inside it. */
export async function mount(mounted: Mounted<EngineStart>): Promise<void> {
  const { role, insecureSeed, settings, firstSequence, attempts, amplifier } = mounted.data;
  const kernels = await createKernels();
  const random = insecureSeed === undefined ? secureRandom : insecureRandom(`${insecureSeed}/${role}`);
  const engine = new DistillationEngine(role, {
    settings,
    kernels,
    random,
    firstSequence,
    ...(attempts === undefined ? {} : { attempts }),
  });
  new EngineRunner(engine, mounted.channel, mounted.port, amplifier);
}

/** Feeds an engine: gathers what arrives into steps and carries out what they ask for. */
class EngineRunner {
  readonly #engine: DistillationEngine;
  readonly #channel: BulkPeerChannel;
  readonly #port: MessagePort;
  readonly #amplifier: MessagePort;
  readonly #pace = new StepPace();
  readonly #places: SharedArrayBuffer[] = [];
  readonly #timer = new StepTimer(() => this.#step());
  #inputs: EngineInput[] = [];
  #progressAtMs = 0;

  constructor(
    engine: DistillationEngine,
    channel: BulkPeerChannel,
    port: MessagePort,
    amplifier: MessagePort,
  ) {
    this.#engine = engine;
    this.#channel = channel;
    this.#port = port;
    this.#amplifier = amplifier;
    port.on("message", (given: readonly HostInput[]) => {
      for (const input of given)
        if (input.type === "holdings") this.#answer(input);
        else this.#take(this.#revived(input));
    });
    amplifier.on("message", (answer: AmplifyAnswer) => {
      const { sequence } = answer;
      if ("key" in answer) this.#take({ type: "amplified", sequence, key: answer.key });
      else this.#take({ type: "amplifyFailed", sequence, error: revivedError(answer.error) });
    });
    channel.state$.subscribe(({ state }) => {
      if (state === "up") this.#take({ type: "peerUp" });
      else if (state === "down") this.#down();
    });
    channel.messages$.subscribe(({ kind, body }) => this.#take({ type: "peerMessage", kind, body }));
    setInterval(() => {
      if (!this.#timer.waits) this.#step();
    }, TICK_MS);
    port.postMessage({ outputs: [], progress: engine.progress } satisfies WorkerReport);
  }

  /** Everything that arrives until the next step is due is one step, so that busy times make larger batches, not more of them. */
  #take(input: EngineInput): void {
    const now = performance.now();
    if (input.type === "rawFrame") this.#pace.frame(now);
    this.#inputs.push(input);
    const delayMs = isRound(input)
      ? this.#pace.roundDelayMs(now, this.#engine.cohortsShare)
      : this.#pace.delayMs(now);
    this.#timer.ask(now, delayMs);
  }

  /** What came over the connection and was not read yet ends with it. */
  #down(): void {
    this.#inputs = this.#inputs.filter(({ type }) => type !== "peerMessage");
    this.#take({ type: "peerDown" });
  }

  #step(): void {
    this.#pace.step(performance.now());
    const nowMs = steadyMs();
    const { cohortsShare } = this.#engine;
    const end = cohortsShare < CROWDED ? this.#inputs.length : turnEnd(this.#inputs, TURN_BYTES);
    const taken = this.#inputs.slice(0, end);
    this.#inputs = this.#inputs.slice(end);
    if (this.#inputs.length > 0) this.#timer.ask(performance.now(), 0);
    const outputs: PlainOutput[] = [];
    const messages: OutgoingMessage[] = [];
    const renewals: QkdError[] = [];
    const transfer: ArrayBuffer[] = [];
    for (const output of this.#engine.step(taken, nowMs, Date.now())) {
      if (output.type === "amplify") {
        const { type: _, ...job } = output;
        this.#amplifier.postMessage(job, [job.key.buffer as ArrayBuffer, job.seed.buffer as ArrayBuffer]);
      } else if (output.type === "send") messages.push(output);
      else if (output.type === "reconnect") renewals.push(output.error);
      else if (output.type === "failure") outputs.push({ type: "failure", error: plainError(output.error) });
      else {
        if (output.type === "block") transfer.push(output.block.key.buffer as ArrayBuffer);
        outputs.push(output);
      }
    }
    // A channel that is down says so by its state; the engine then drops what was under way.
    if (messages.length > 0) this.#channel.sendAll(messages).catch(() => {});
    for (const reason of renewals) this.#channel.reconnect(reason);
    for (const input of taken) if (input.type === "peerMessage") this.#channel.recycle(input.body);
    this.#report(outputs, transfer);
  }

  #report(outputs: readonly PlainOutput[], transfer: readonly ArrayBuffer[]): void {
    const nowMs = performance.now();
    const due = nowMs - this.#progressAtMs >= PROGRESS_MS;
    if (outputs.length === 0 && !due) return;
    if (due) this.#progressAtMs = nowMs;
    const report: WorkerReport = { outputs, progress: due ? this.#engine.progress : null };
    this.#port.postMessage(report, transfer);
  }

  /** At once, not with the next step: what no step has brought out is still under way. */
  #answer(question: HoldingsQuestion): void {
    this.#report([{ ...question, holdings: this.#engine.holdings }], []);
  }

  #revived(input: Exclude<HostInput, HoldingsQuestion>): EngineInput {
    if (input.type === "rawFrame") return this.#placed(input);
    return "error" in input ? { ...input, error: revivedError(input.error) } : input;
  }

  #placed({ frame, place }: PlacedFrame): EngineInput {
    if (place.memory !== undefined) this.#places[place.place] = place.memory;
    const memory = this.#places[place.place] as SharedArrayBuffer;
    const planes = new Uint8Array(memory, 0, place.bytes);
    return { type: "rawFrame", frame: { ...frame, place: place.place }, planes };
  }
}

/** Whether blocks under way wait for this. */
function isRound(input: EngineInput): boolean {
  return input.type === "peerMessage" && input.kind !== distillationHave.kind;
}
