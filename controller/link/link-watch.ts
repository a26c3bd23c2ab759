import { BehaviorSubject, type Observable } from "rxjs";
import type { ControllerEvent } from "../events.ts";
import {
  type FallbackInput,
  type FallbackState,
  fallbackStep,
  INITIAL_FALLBACK,
} from "../policy/fallback/fallback-machine.ts";
import type { FallbackPolicy } from "../policy/fallback/fallback-policy.ts";
import type { FallbackView } from "../policy/fallback/fallback-view.ts";
import {
  type HealthInput,
  healthStep,
  INITIAL_HEALTH,
  isSuspect,
  type LinkHealth,
} from "../policy/health/health-policy.ts";
import type { HealthPolicy } from "../policy/health/health-settings.ts";
import type { BlockReport } from "../sources/distillation/index.ts";

/** Health of the link and state of the fallback as one site sees them. */
export interface SiteCondition {
  readonly level: LinkHealth["level"];
  readonly reason: LinkHealth["reason"];
  readonly fallback: FallbackView;
}

/** Where the watch puts what it finds. */
export interface LinkWatchPorts {
  readonly publish: (event: ControllerEvent) => void;
  /** Post-quantum keys are needed, or no longer. */
  readonly engage: (engaged: boolean) => void;
}

/** Owner of the two state machines: feeds health into fallback and publishes what both say. */
export class LinkWatch {
  readonly condition$: Observable<SiteCondition>;
  readonly #condition = new BehaviorSubject<SiteCondition>(conditionOf(INITIAL_HEALTH, INITIAL_FALLBACK));
  readonly #policy: HealthPolicy;
  readonly #fallbackPolicy: FallbackPolicy;
  readonly #ports: LinkWatchPorts;
  #health: LinkHealth = INITIAL_HEALTH;
  #fallback: FallbackState = INITIAL_FALLBACK;

  constructor(policy: HealthPolicy, fallbackPolicy: FallbackPolicy, ports: LinkWatchPorts) {
    this.#policy = policy;
    this.#fallbackPolicy = fallbackPolicy;
    this.#ports = ports;
    this.condition$ = this.#condition.asObservable();
  }

  /** What delivery asks at each request. */
  get view(): FallbackView {
    return { engaged: this.#fallback.engaged, reason: this.#fallback.reason };
  }

  /** True when a block's key must not be kept. */
  isSuspect(report: BlockReport): boolean {
    return isSuspect(this.#health, report, this.#policy);
  }

  /** Tells the health policy, and through it the fallback. */
  tell(input: HealthInput): void {
    const [health, events] = healthStep(this.#health, input, this.#policy);
    const changed = health.level !== this.#health.level || health.reason !== this.#health.reason;
    this.#health = health;
    for (const event of events) this.#ports.publish(event);
    const { atMs } = input;
    if (input.type === "pool" || input.type === "tick") this.#tellFallback(input);
    // Half of a block is the other site's to hand out.
    if (input.type === "block")
      this.#tellFallback({ type: "block", atMs, bits: input.report.secretBits / 2 });
    this.#tellFallback({ type: "health", atMs, reason: health.reason, down: health.level === "down" });
    if (changed) this.#condition.next(conditionOf(this.#health, this.#fallback));
  }

  /** Bits served since the last time to callers who take QKD keys. */
  served(bits: number, atMs: number): void {
    this.#tellFallback({ type: "demand", atMs, bits });
  }

  /** The operator's word: true engages until false lifts it. */
  operate(engage: boolean, atMs: number): void {
    this.#tellFallback({ type: "operator", atMs, engage });
  }

  close(): void {
    this.#condition.complete();
  }

  #tellFallback(input: FallbackInput): void {
    const before = this.#fallback;
    const [fallback, events] = fallbackStep(before, input, this.#fallbackPolicy);
    this.#fallback = fallback;
    if (fallback.engaged !== before.engaged) this.#ports.engage(fallback.engaged);
    for (const event of events) this.#ports.publish(event);
    if (fallback.engaged !== before.engaged || fallback.reason !== before.reason)
      this.#condition.next(conditionOf(this.#health, fallback));
  }
}

function conditionOf(health: LinkHealth, fallback: FallbackState): SiteCondition {
  return {
    level: health.level,
    reason: health.reason,
    fallback: { engaged: fallback.engaged, reason: fallback.reason },
  };
}
