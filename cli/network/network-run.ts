import { setTimeout as sleep } from "node:timers/promises";
import type { CheckedNetwork } from "../../emulator/index.ts";
import type { ChildLine } from "../demo/json-child.ts";
import { Applications } from "./applications.ts";
import { Filling } from "./filling.ts";
import { flowsOf } from "./flows.ts";
import { LinkRates } from "./link-rates.ts";
import { NetworkProcesses } from "./network-processes.ts";
import { type NetworkSummary, networkSummary, realTimeFactor } from "./network-summary.ts";
import { NetworkTally, pairKey } from "./network-tally.ts";
import { processUsage } from "./process-usage.ts";
import { RunningNetwork } from "./running-network.ts";
import { networkScript, type ScriptStep } from "./script.ts";
import { Traffic } from "./traffic.ts";

/** What is to be run. */
export interface NetworkRunOptions {
  readonly scenario: CheckedNetwork;
  /** The scenario's name or file. */
  readonly source: string;
  readonly root: string;
  readonly seed: number;
  /** Seconds of demand; without it until stopped. */
  readonly forS: number | undefined;
  readonly fillWithinS: number;
  readonly demandFactor: number;
}

/** What a run tells while it goes on. */
export interface NetworkTold {
  say(text: string): void;
  show(text: string): void;
  failure(node: string, line: ChildLine): void;
}

const SHOW_MS = 1000;

/** One run of a network: start, filling, demand with the scenario's script, and what all of it came to. */
export class NetworkRun {
  readonly #options: NetworkRunOptions;
  readonly #told: NetworkTold;
  readonly #tally = new NetworkTally();
  readonly #filling: Filling;
  readonly #rates: LinkRates;
  readonly #failures = new Map<string, number>();
  readonly #cutLinks = new Set<string>();
  readonly #disturbed = new Set<string>();
  readonly #processes = new NetworkProcesses();
  #applications: Applications | null = null;

  constructor(options: NetworkRunOptions, told: NetworkTold) {
    this.#options = options;
    this.#told = told;
    this.#filling = new Filling(options.scenario, this.#tally);
    this.#rates = new LinkRates(options.scenario);
  }

  /**
   * Runs until the time is over or `signal` aborts. Rejects when a process ends that the scenario did not end, and when
   * pairs get no keys. `stop` has to follow.
   */
  async run(signal: AbortSignal): Promise<NetworkSummary> {
    const { scenario, source, root, seed } = this.#options;
    const nodes = scenario.nodes.length;
    const network = await RunningNetwork.start(
      {
        scenario,
        source,
        root,
        seed,
        processes: this.#processes,
        onLine: (node, line) => this.#heard(node, line),
        onStarted: (count) => this.#told.show(`${count} of ${nodes} nodes serve`),
      },
      signal,
    );
    const applications = new Applications(network.folder);
    this.#applications = applications;
    const over = new AbortController();
    const serving = this.#serve(network, applications, AbortSignal.any([signal, over.signal]));
    try {
      return await Promise.race([serving, this.#processes.broken]);
    } finally {
      over.abort();
      await serving.catch(() => {});
    }
  }

  /** Ends every process. Idempotent. */
  async stop(): Promise<void> {
    this.#applications?.close();
    await this.#processes.stop();
  }

  /** Ends every process at once. */
  kill(): void {
    this.#processes.kill();
  }

  async #serve(
    network: RunningNetwork,
    applications: Applications,
    signal: AbortSignal,
  ): Promise<NetworkSummary> {
    const { scenario, seed, forS, fillWithinS, demandFactor } = this.#options;
    const pairs = (scenario.nodes.length * (scenario.nodes.length - 1)) / 2;
    const beganMs = performance.now();
    const since = (ms: number) => (performance.now() - ms) / 1000;
    await this.#filling.done(applications, fillWithinS, signal, (filled) =>
      this.#told.show(`${since(beganMs).toFixed(0)} s  ${filled} of ${pairs} pairs have keys`),
    );
    const fillS = since(beganMs);
    if (signal.aborted) return this.#summary({ durationS: 0, fillS, realTimeFactor: null, usage: null });
    this.#told.say(`every one of ${pairs} pairs has keys after ${fillS.toFixed(1)} s`);
    const statsBefore = await network.linkStats(signal);
    const usageBefore = processUsage(this.#processes.pids);
    const traffic = new Traffic(flowsOf(scenario, seed, demandFactor), applications, this.#tally, (node) =>
      this.#processes.serves(node),
    );
    const servedMs = performance.now();
    traffic.begin();
    let durationS = 0;
    const over = new AbortController();
    try {
      const ends = AbortSignal.any([signal, over.signal]);
      const script = this.#play(network, networkScript(scenario, seed), servedMs, ends);
      const played = script.then(() => new Promise<never>(() => {}));
      await Promise.race([this.#until(servedMs, forS, ends), played]);
      durationS = since(servedMs);
    } finally {
      over.abort();
      await traffic.end();
    }
    const usageAfter = processUsage(this.#processes.pids);
    return this.#summary({
      durationS,
      fillS,
      realTimeFactor: realTimeFactor(statsBefore, await network.linkStats(signal), this.#disturbed),
      usage:
        usageBefore === null || usageAfter === null
          ? null
          : { cpuSPerS: (usageAfter.cpuS - usageBefore.cpuS) / durationS, memoryMiB: usageAfter.memoryMiB },
    });
  }

  /** Shows how it goes until the time is over or somebody aborts. */
  async #until(beganMs: number, forS: number | undefined, signal: AbortSignal): Promise<void> {
    for (;;) {
      const atMs = performance.now() - beganMs;
      if (signal.aborted || (forS !== undefined && atMs >= 1000 * forS)) return;
      this.#told.show(this.#present(atMs / 1000));
      const leftMs = forS === undefined ? SHOW_MS : Math.max(1, 1000 * forS - atMs);
      await sleep(Math.min(SHOW_MS, leftMs), undefined, { signal }).catch(() => {});
    }
  }

  #present(atS: number): string {
    const { served, none, requests } = this.#tally;
    const origins = Object.entries(served)
      .filter(([, count]) => count > 0)
      .map(([origin, count]) => `${origin} ${count}`);
    return [
      `${atS.toFixed(0)} s`,
      `requests ${requests}`,
      ...origins,
      `refused ${none.refused}`,
      `p99 ${this.#tally.latencyMs(0.99) ?? "-"} ms`,
    ].join("  |  ");
  }

  /** Each step at its time: a node that takes long to start holds up no repair. */
  async #play(
    network: RunningNetwork,
    script: readonly ScriptStep[],
    beganMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    await Promise.all(
      script.map(async (step) => {
        const waitMs = Math.max(0, beganMs + 1000 * step.atS - performance.now());
        await sleep(waitMs, undefined, { signal }).catch(() => {});
        if (!signal.aborted) await this.#happen(network, step);
      }),
    );
  }

  async #happen(network: RunningNetwork, step: ScriptStep): Promise<void> {
    const { links } = this.#options.scenario;
    const told = `${step.atS} s  `;
    if (step.kind === "link") {
      const { link, happening } = step;
      const { event, ...values } = happening;
      this.#told.say(
        `${told}${link}: ${[event, ...Object.entries(values).map((each) => each.join(" "))].join(", ")}`,
      );
      const ends = links.find(({ id }) => id === link)?.ends ?? ["", ""];
      if (event === "cut") {
        this.#cutLinks.add(link);
        this.#tally.broke(pairKey(...ends));
      }
      await network.happen(link, happening);
      if (event === "repair") this.#tally.mended(pairKey(...ends));
      return;
    }
    const { node } = step;
    this.#told.say(`${told}node ${node}: ${step.kind === "nodeKill" ? "killed" : "started"}`);
    if (step.kind === "nodeKill") {
      for (const { id, ends } of links) if (ends.includes(node)) this.#disturbed.add(id);
      this.#tally.broke(node);
      await this.#processes.killNode(node);
    } else {
      await network.startNode(node);
      this.#tally.mended(node);
    }
  }

  #heard(node: string, line: ChildLine): void {
    this.#filling.heard(node, line);
    this.#rates.heard(node, line);
    if (line.type !== "failure") return;
    const code = String(line.code);
    const before = this.#failures.get(code) ?? 0;
    this.#failures.set(code, before + Number(line.times ?? 1));
    if (before === 0) this.#told.failure(node, line);
  }

  #summary({
    usage,
    ...figures
  }: {
    readonly durationS: number;
    readonly fillS: number;
    readonly realTimeFactor: number | null;
    readonly usage: { readonly cpuSPerS: number; readonly memoryMiB: number } | null;
  }): NetworkSummary {
    return networkSummary(this.#options.scenario, this.#tally, {
      ...figures,
      cutLinks: [...this.#cutLinks],
      cpuSPerS: usage === null ? null : Number(usage.cpuSPerS.toFixed(3)),
      memoryMiB: usage === null ? null : Math.round(usage.memoryMiB),
      secretBits: this.#rates.secretBits,
      secretKeyRateBps: this.#rates.bps,
      failures: Object.fromEntries(this.#failures),
    });
  }
}
