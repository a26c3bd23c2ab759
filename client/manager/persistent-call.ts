import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { DeliveryError, knownError, type QkdError } from "../../errors/index.ts";
import {
  chooseEndpoint,
  type EndpointHealth,
  endpointStep,
  HEALTHY,
  type RestPolicy,
} from "./endpoint-health.ts";
import type { UnavailableKey } from "./manager-options.ts";
import { mayHaveActed, reasonOf, verdictOf } from "./verdict.ts";

/** One attempt at an endpoint. */
export interface Attempt {
  readonly endpoint: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** How long a call may go on. */
export interface Persistence {
  readonly deadlineMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Answers that may get lost before the call is given up: each may have cost a key. */
  readonly mostLost: number;
}

/** Connections that had ended unseen are taken again so often before that counts as a failure. */
const MOST_STALE = 2;
const SHORTEST_REST_MS = 1;

/** Asks the endpoints of one KME, one at a time, until one answers or a call's time is over; keeps how each does. */
export class PersistentCalls {
  readonly #health: EndpointHealth[];
  readonly #rest: RestPolicy;
  readonly #closed = new AbortController();

  constructor(endpoints: number, rest: RestPolicy) {
    this.#health = Array.from({ length: endpoints }, () => HEALTHY);
    this.#rest = rest;
    // Every call that waits listens, and there may be thousands.
    setMaxListeners(0, this.#closed.signal);
  }

  get health(): readonly EndpointHealth[] {
    return this.#health;
  }

  /**
   * The answer, or that there is none now. Rejects with what no repetition mends: a refusal, and the last error when no
   * endpoint can be trusted.
   */
  async run<T>(
    ask: (attempt: Attempt) => Promise<T>,
    { deadlineMs, timeoutMs, signal, mostLost }: Persistence,
  ): Promise<T | UnavailableKey> {
    const endMs = performance.now() + deadlineMs;
    const distrusted = new Set<number>();
    let lost = 0;
    let stale = 0;
    let last: QkdError | null = null;
    for (;;) {
      this.#checkGoing(signal);
      const nowMs = performance.now();
      const choice = chooseEndpoint(this.#health, nowMs, distrusted);
      if (choice === null) throw last as QkdError;
      const { index, waitMs } = choice;
      if (nowMs + waitMs >= endMs)
        return unavailable(reasonOf(last ?? this.#lastErrorOf(index)), Math.max(waitMs, SHORTEST_REST_MS));
      if (waitMs > 0) {
        await this.#pause(waitMs, signal);
        continue;
      }
      try {
        const made = await ask({
          endpoint: index,
          timeoutMs: Math.max(1, Math.ceil(Math.min(timeoutMs, endMs - nowMs))),
          signal,
        });
        this.#step(index, { type: "answered" });
        return made;
      } catch (cause) {
        const error = knownError(cause);
        const verdict = verdictOf(error);
        if (verdict.type === "stop") {
          if (error.code !== "QKD_DELIVERY_STOPPED") this.#step(index, { type: "answered" });
          throw error;
        }
        last = error;
        if (mayHaveActed(error)) lost += 1;
        const failedMs = performance.now();
        if (verdict.type === "busy")
          this.#step(index, { type: "busy", nowMs: failedMs, restMs: verdict.restMs, error });
        else if (verdict.type !== "stale" || ++stale > MOST_STALE)
          this.#step(index, {
            type: "failed",
            sentAtMs: nowMs,
            nowMs: failedMs,
            random: Math.random(),
            error,
          });
        if (verdict.type === "distrusted") distrusted.add(index);
        if (lost >= mostLost && verdict.type !== "distrusted")
          return unavailable("answersLost", Math.max(SHORTEST_REST_MS, this.#rest.firstMs));
      }
    }
  }

  /** Ends what waits. */
  close(): void {
    this.#closed.abort();
  }

  #step(index: number, input: Parameters<typeof endpointStep>[1]): void {
    this.#health[index] = endpointStep(this.#health[index] ?? HEALTHY, input, this.#rest);
  }

  #lastErrorOf(index: number): QkdError {
    return this.#health[index]?.lastError ?? new DeliveryError("QKD_DELIVERY_UNAVAILABLE", "no key in time");
  }

  #checkGoing(signal: AbortSignal | undefined): void {
    if (this.#closed.signal.aborted) throw new DeliveryError("QKD_DELIVERY_STOPPED", "the client is closed");
    if (signal?.aborted === true)
      throw new DeliveryError("QKD_DELIVERY_STOPPED", "the caller gave the request up", {
        cause: signal.reason,
      });
  }

  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const either =
      signal === undefined ? this.#closed.signal : AbortSignal.any([this.#closed.signal, signal]);
    await sleep(ms, undefined, { signal: either }).catch(() => {});
  }
}

function unavailable(reason: string, retryAfterMs: number): UnavailableKey {
  return { status: "unavailable", reason, retryAfterMs: Math.ceil(retryAfterMs) };
}
