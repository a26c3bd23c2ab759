import { type ChildLine, JsonChild } from "../demo/json-child.ts";

/** Together below the time in which a command has to end. */
const NODES_STOP_MS = 2200;
const EMULATOR_STOP_MS = 600;

/** The processes of a network: the emulator's, and that of each node by its name. */
export class NetworkProcesses {
  readonly #nodes = new Map<string, JsonChild>();
  readonly #serving = new Set<string>();
  readonly #broken = Promise.withResolvers<never>();
  #emulator: JsonChild | null = null;
  #stopping: Promise<void> | null = null;

  constructor() {
    this.#broken.promise.catch(() => {});
  }

  /** Rejects when a process ends that nobody asked to. */
  get broken(): Promise<never> {
    return this.#broken.promise;
  }

  /** Ids of all processes that run. */
  get pids(): readonly number[] {
    return this.#all.flatMap((child) => child.pid ?? []);
  }

  /** Whether a node serves, as far as is known. */
  serves(node: string): boolean {
    return this.#serving.has(node);
  }

  startEmulator(args: readonly string[]): JsonChild {
    this.#emulator = this.#guarded(new JsonChild("the emulator", args, () => {}));
    return this.#emulator;
  }

  /** Resolves when the node serves. */
  async startNode(node: string, args: readonly string[], onLine: (line: ChildLine) => void): Promise<void> {
    const child = this.#guarded(new JsonChild(`node ${node}`, args, onLine));
    this.#nodes.set(node, child);
    await child.line((line) => line.type === "ready");
    this.#serving.add(node);
  }

  /** Ends a node's program as a power failure would. */
  async killNode(node: string): Promise<void> {
    const child = this.#nodes.get(node);
    this.#nodes.delete(node);
    this.#serving.delete(node);
    child?.kill();
    await child?.exited;
  }

  /** Ends every process, those that hang at once after some seconds. Idempotent; nothing is to be started any more. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Ends every process at once. */
  kill(): void {
    for (const child of this.#all) child.kill();
  }

  async #stop(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((child) => child.stop(NODES_STOP_MS)));
    await this.#emulator?.stop(EMULATOR_STOP_MS);
  }

  #guarded(child: JsonChild): JsonChild {
    child.guard().catch((error) => this.#broken.reject(error));
    return child;
  }

  get #all(): readonly JsonChild[] {
    return [...this.#nodes.values(), ...(this.#emulator === null ? [] : [this.#emulator])];
  }
}
