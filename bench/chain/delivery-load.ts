import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DEMO_SAE, type DemoChain } from "../../cli/index.ts";
import type { Figure } from "../figure.ts";
import { quantile } from "../measure/median.ts";
import { timedRequest } from "../measure/timed-request.ts";

const KEYS_A_REQUEST = 128;
const CONNECTIONS = 8;
/** The first second opens connections and warms the server's code. */
const WARM_UP_MS = 1000;

/** An application of Alice's site that asks at a steady rate, however long the answers take. */
export class DeliveryLoad {
  readonly #latenciesMs: number[] = [];
  readonly #keysPerSecond: number;
  #refused = 0;
  #elapsedS = 0;

  constructor(keysPerSecond: number) {
    this.#keysPerSecond = keysPerSecond;
  }

  async run(chain: DemoChain, until: AbortSignal): Promise<void> {
    const read = (name: string) => readFileSync(join(chain.root, name));
    const agent = new Agent({
      keepAlive: true,
      maxSockets: CONNECTIONS,
      ca: read("ca.pem"),
      cert: read(`${DEMO_SAE.alice}.pem`),
      key: read(`${DEMO_SAE.alice}.key`),
    });
    const url = `${chain.urls.alice}/api/v1/keys/${DEMO_SAE.bob}/enc_keys?number=${KEYS_A_REQUEST}&size=256`;
    const periodMs = (1000 * KEYS_A_REQUEST) / this.#keysPerSecond;
    const begunMs = performance.now();
    const pending = new Set<Promise<void>>();
    try {
      for (let asked = 0; !until.aborted; asked++) {
        const dueMs = begunMs + asked * periodMs;
        const waitMs = dueMs - performance.now();
        if (waitMs > 0) await sleep(waitMs);
        const request = this.#ask(url, agent, dueMs, dueMs - begunMs > WARM_UP_MS);
        pending.add(request);
        request.finally(() => pending.delete(request)).catch(() => {});
      }
      await Promise.all(pending);
      this.#elapsedS = (performance.now() - begunMs - WARM_UP_MS) / 1000;
    } finally {
      agent.destroy();
    }
  }

  /** The answer's time counts from when it was due, so that a server that stands still is not spared. */
  async #ask(url: string, agent: Agent, dueMs: number, counts: boolean): Promise<void> {
    const { status } = await timedRequest(url, agent);
    if (!counts) return;
    if (status === 200) this.#latenciesMs.push(performance.now() - dueMs);
    else this.#refused++;
  }

  figures(bench: string): Figure[] {
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b);
    const figure = { bench, spread: null, runs: 1 };
    return [
      {
        ...figure,
        what: "keys delivered",
        unit: "keys/s",
        median: (sorted.length * KEYS_A_REQUEST) / this.#elapsedS,
        target: { bound: "least", value: 20_000 },
        note: `${KEYS_A_REQUEST} keys a request, ${this.#refused} refused for want of key`,
      },
      {
        ...figure,
        what: `99 % of ${sorted.length} requests within`,
        unit: "ms",
        median: quantile(sorted, 0.99),
        target: { bound: "most", value: 20 },
        note: `half within ${quantile(sorted, 0.5).toFixed(1)} ms; from when each was due`,
      },
    ];
  }
}
