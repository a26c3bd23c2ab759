import type { CheckedNetwork, Happening } from "../../emulator/index.ts";
import { LinkError } from "../../errors/index.ts";
import type { ChildLine } from "../demo/json-child.ts";
import { NetworkFolder } from "./network-folder.ts";
import type { NetworkProcesses } from "./network-processes.ts";

/** What a network is started from. */
export interface NetworkStart {
  readonly scenario: CheckedNetwork;
  /** The scenario's name or file, as the emulator's process reads it. */
  readonly source: string;
  /** An empty folder. */
  readonly root: string;
  readonly seed: number;
  readonly processes: NetworkProcesses;
  /** For every line of a node. */
  readonly onLine: (node: string, line: ChildLine) => void;
  readonly onStarted?: (nodes: number) => void;
}

interface LinkAddresses {
  readonly alice: { readonly tcp: string };
  readonly bob: { readonly tcp: string };
  readonly control: string;
}

/** How the emulator's light of one link has got on. */
export interface LinkStats {
  readonly keySeconds: number;
  readonly wallSeconds: number;
}

/** Programs that start at once: each needs a second of a processor. */
const STARTED_AT_ONCE = 4;
const CONTROL_MS = 5000;
/** A run that was asked to stop waits no longer for figures. */
const STOPPED_STATE_MS = 400;

/** A network whose links are emulated and whose nodes are processes of this machine. */
export class RunningNetwork {
  readonly folder: NetworkFolder;
  readonly #start: NetworkStart;
  readonly #addresses: Readonly<Record<string, LinkAddresses>>;

  private constructor(
    start: NetworkStart,
    folder: NetworkFolder,
    addresses: Readonly<Record<string, LinkAddresses>>,
  ) {
    this.#start = start;
    this.folder = folder;
    this.#addresses = addresses;
  }

  /** Resolves when every node serves; rejects when `signal` aborts before. Whoever has the processes stops them. */
  static async start(start: NetworkStart, signal: AbortSignal): Promise<RunningNetwork> {
    const { scenario, source, root, seed, processes } = start;
    const emulator = processes.startEmulator(emulateArguments(source, scenario.clockHz, seed));
    const ready = await unlessAborted(
      emulator.line((line) => line.ready === true),
      signal,
    );
    const addresses = ready.links as Readonly<Record<string, LinkAddresses>>;
    const units = (link: string, end: "alice" | "bob") => addresses[link]?.[end].tcp ?? "";
    const folder = await NetworkFolder.write(root, scenario, units);
    const network = new RunningNetwork(start, folder, addresses);
    await unlessAborted(network.#startNodes(signal), signal);
    return network;
  }

  /** Starts a node's program and waits until it serves. */
  async startNode(node: string): Promise<void> {
    const { processes, onLine } = this.#start;
    const args = ["node", "--config", this.folder.config(node), "--json"];
    await processes.startNode(node, args, (line) => onLine(node, line));
  }

  /** Something happens to a link. LinkError QKD_LINK_PROCESS where the emulator refuses it. */
  async happen(link: string, happening: Happening): Promise<void> {
    const answer = await fetch(`${this.#control(link)}/fault`, {
      method: "POST",
      body: JSON.stringify(happening),
      signal: AbortSignal.timeout(CONTROL_MS),
    });
    const body = (await answer.json()) as { readonly message?: string };
    if (!answer.ok)
      throw new LinkError(
        "QKD_LINK_PROCESS",
        `the emulator refuses ${happening.event} at ${link}: ${body.message}`,
        { remedy: "correct the event in the scenario's timeline" },
      );
  }

  /** How far the light of every link has come; of those that answer soon, at once where `signal` is aborted. */
  async linkStats(signal: AbortSignal): Promise<ReadonlyMap<string, LinkStats>> {
    const soon = AbortSignal.timeout(signal.aborted ? STOPPED_STATE_MS : CONTROL_MS);
    const entries = await Promise.allSettled(
      Object.keys(this.#addresses).map(async (id) => {
        const answer = await fetch(`${this.#control(id)}/state`, { signal: soon });
        const { stats } = (await answer.json()) as { readonly stats: LinkStats };
        return [id, stats] as const;
      }),
    );
    return new Map(entries.flatMap((entry) => (entry.status === "fulfilled" ? [entry.value] : [])));
  }

  async #startNodes(signal: AbortSignal): Promise<void> {
    const waiting = [...this.#start.scenario.nodes];
    let started = 0;
    const startSome = async () => {
      for (let node = waiting.shift(); node !== undefined && !signal.aborted; node = waiting.shift()) {
        await this.startNode(node);
        started += 1;
        this.#start.onStarted?.(started);
      }
    };
    await Promise.all(Array.from({ length: STARTED_AT_ONCE }, startSome));
  }

  #control(link: string): string {
    return (this.#addresses[link]?.control ?? "").replace("tcp:", "http:");
  }
}

function emulateArguments(source: string, clockHz: number, seed: number): string[] {
  return [
    "emulate",
    "--json",
    "--network",
    source,
    "--clock-hz",
    String(clockHz),
    "--seed",
    String(seed),
    // Frames of one unit alone are of no use.
    "--wait-for-partner",
    "forever",
  ];
}

/** Rejects with the signal's reason when it aborts before. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const give = () => reject(signal.reason);
    if (signal.aborted) give();
    signal.addEventListener("abort", give, { signal: over.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}
