import { setTimeout as sleep } from "node:timers/promises";
import { DeliveryError, knownError } from "../../errors/index.ts";
import type { KeySharing } from "./applications.ts";
import type { Flow } from "./flows.ts";
import type { NetworkTally } from "./network-tally.ts";

const TICK_MS = 10;
/** So long is waited at the end for what was asked; what has no answer by then is not counted. */
const LAST_ANSWERS_MS = 600;

interface RunningFlow extends Flow {
  /** When the next key is wanted, since the beginning. */
  dueMs: number;
  waiting: number;
}

/** Draws keys as the applications of a network do, each flow at its own even pace, whatever becomes of its requests. */
export class Traffic {
  readonly #flows: readonly RunningFlow[];
  readonly #applications: KeySharing;
  readonly #tally: NetworkTally;
  readonly #serves: (node: string) => boolean;
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #beganMs = 0;
  #ended = false;

  /** `serves`: whether a node's program serves; what fails where one does not is nobody's fault. */
  constructor(
    flows: readonly Flow[],
    applications: KeySharing,
    tally: NetworkTally,
    serves: (node: string) => boolean,
  ) {
    this.#flows = flows.map((flow) => ({ ...flow, dueMs: flow.firstMs, waiting: 0 }));
    this.#applications = applications;
    this.#tally = tally;
    this.#serves = serves;
  }

  begin(): void {
    this.#beganMs = performance.now();
    this.#timer = setInterval(() => this.#ask(performance.now() - this.#beganMs), TICK_MS);
  }

  /** Asks no more, and waits a moment for answers to what was asked. */
  async end(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    const over = new AbortController();
    const late = sleep(LAST_ANSWERS_MS, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([Promise.all(this.#underWay), late]);
    over.abort();
    this.#ended = true;
  }

  #ask(nowMs: number): void {
    for (const flow of this.#flows)
      for (; flow.dueMs <= nowMs; flow.dueMs += flow.everyMs) {
        if (flow.waiting >= flow.tunnels) {
          this.#tally.unasked += 1;
          continue;
        }
        flow.waiting += 1;
        const asked = this.#share(flow).finally(() => {
          flow.waiting -= 1;
          this.#underWay.delete(asked);
        });
        this.#underWay.add(asked);
      }
  }

  async #share({ from, to, keyBits }: Flow): Promise<void> {
    try {
      const shared = await this.#applications.share(from, to, keyBits);
      if (!this.#ended) this.#tally.shared(from, to, shared);
    } catch (error) {
      if (this.#ended) return;
      if (!this.#serves(from)) this.#tally.noKey("unreachable", from, to);
      else if (error instanceof DeliveryError && error.code === "QKD_DELIVERY_UNAVAILABLE")
        this.#tally.noKey(this.#serves(to) ? "refused" : "unreachable", from, to);
      else this.#tally.noKey("failed", from, to, knownError(error).code);
    }
  }
}
