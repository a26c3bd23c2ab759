import { steadyMs } from "../../steady-time.ts";
import {
  type ForwardEffect,
  type ForwardInput,
  type Forwarding,
  forwardDueMs,
  forwardStep,
  newForwarding,
} from "../forwarding/forward-step.ts";
import type { Notice } from "../notices/notice.ts";
import type { Collector, CollectorConnection, CollectorNews } from "./collector-connection.ts";

/** How long the end waits for a collector that is open, or that may be any moment. */
const END_GRACE_MS = 1500;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Brings notices to one collector. Nobody waits for it: what cannot be sent yet waits, within a bound. */
export class Forwarder {
  #collector: Collector;
  readonly #tell: (news: CollectorNews) => void;
  #state: Forwarding = newForwarding(steadyMs());
  #connection: CollectorConnection | null = null;
  #timer: NodeJS.Timeout | null = null;
  #sent = 0;
  #changed: (() => void) | null = null;
  #closed = false;

  constructor(collector: Collector, tell: (news: CollectorNews) => void) {
    this.#collector = collector;
    this.#tell = tell;
    this.#take({ type: "time" });
  }

  /** For the metrics: whether it is reached, what waits, what went out, what was given up. */
  get counts(): {
    readonly outlet: Collector["outlet"];
    readonly reached: boolean;
    readonly waiting: number;
    readonly sent: number;
  } {
    const { told, waiting } = this.#state;
    return {
      outlet: this.#collector.outlet,
      reached: told === "reached",
      waiting: waiting.length,
      sent: this.#sent,
    };
  }

  add(notice: Notice): void {
    if (!this.#closed) this.#take({ type: "notice", notice });
  }

  /** From now on it is reached so; what waits goes there. */
  renew(collector: Collector): void {
    if (this.#closed) return;
    this.#collector = collector;
    this.#take({ type: "renewed" });
  }

  /** Sends what waits, where the collector takes it within the grace, and says what is left. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const endMs = steadyMs() + END_GRACE_MS;
    while (this.#state.waiting.length > 0 && this.#state.phase !== "closed" && steadyMs() < endMs)
      await this.#change(endMs - steadyMs());
    if (this.#timer !== null) clearTimeout(this.#timer);
    const { length } = this.#state.waiting;
    if (length > 0) {
      this.#connection?.destroy();
      this.#tell({ type: "collectorMissed", ...this.#named, notices: length });
    } else this.#connection?.end();
    this.#connection = null;
  }

  get #named(): Pick<Collector, "outlet" | "address"> {
    const { outlet, address } = this.#collector;
    return { outlet, address };
  }

  /** Until something happens, or that time is over. */
  #change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(resolve, withinMs);
      this.#changed = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }

  #take(input: ForwardInput): void {
    const [next, effects] = forwardStep(this.#state, input, steadyMs(), this.#collector.confirms);
    this.#state = next;
    for (const effect of effects) this.#do(effect);
    this.#wait();
    this.#changed?.();
  }

  #wait(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const dueMs = forwardDueMs(this.#state, this.#collector.confirms) - steadyMs();
    this.#timer =
      dueMs > LONGEST_TIMER_MS
        ? null
        : setTimeout(() => this.#take({ type: "time" }), Math.max(1, Math.ceil(dueMs))).unref();
  }

  #do(effect: ForwardEffect): void {
    const waiting = this.#state.waiting.length;
    switch (effect.type) {
      case "open":
        this.#open();
        break;
      case "send":
        this.#send(effect.notice);
        break;
      case "close":
        this.#connection?.destroy();
        this.#connection = null;
        break;
      case "tellLost":
        this.#tell({ type: "collectorLost", ...this.#named, reason: effect.reason, waiting });
        break;
      case "tellReached":
        this.#tell({ type: "collectorReached", ...this.#named, waiting, dropped: effect.dropped });
        break;
    }
  }

  /** What a connection says after it was given up counts no more. */
  #open(): void {
    const own = { current: true };
    const connection = this.#collector.open({
      opened: () => this.#later(own, { type: "opened" }),
      lost: (reason) => {
        this.#later(own, { type: "lost", reason });
        own.current = false;
      },
    });
    this.#connection = {
      send: (notice, handed) => connection.send(notice, handed),
      end: () => {
        own.current = false;
        connection.end();
      },
      destroy: () => {
        own.current = false;
        connection.destroy();
      },
    };
  }

  #later(own: { readonly current: boolean }, input: ForwardInput): void {
    if (!own.current) return;
    if (input.type === "lost") this.#connection = null;
    this.#take(input);
  }

  #send(notice: Notice): void {
    const connection = this.#connection;
    connection?.send(notice, () => {
      if (connection !== this.#connection) return;
      this.#sent += 1;
      this.#take({ type: "handed" });
    });
  }
}
