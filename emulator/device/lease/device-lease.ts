import { type LEASE_ENDINGS, MAX_LEASE_S, type ReplyOf, type RequestOf } from "../../../protocol/index.ts";
import type { VolatileSettings } from "../parameters/device-settings.ts";
import { Refusal } from "../refusal.ts";

/** What a lease needs of its device. */
export interface LeaseHost<Owner> {
  /** What another connection than the asker's is doing that forbids a lease, in words. */
  occupied(asker: Owner): string | undefined;
  /** Volatile settings as they are now. */
  volatileSettings(): VolatileSettings;
  /** A lease ended: what was begun under it ends too, then the settings go back, if any are to. */
  leaseEnded(owner: Owner, restore: VolatileSettings | undefined, why: string): void;
  leaseBegan(holder: string, seconds: number): void;
}

interface Lease<Owner> {
  readonly owner: Owner;
  readonly holder: string;
  readonly found: Map<string, number | string>;
  untilMs: number;
  ending: keyof typeof LEASE_ENDINGS;
}

/** Who keeps one device for himself (SPEC 4.6): at most one connection, for a time. `nowMs` never goes back. */
export class DeviceLease<Owner> {
  readonly #host: LeaseHost<Owner>;
  readonly #nowMs: () => number;
  #lease: Lease<Owner> | undefined;

  constructor(host: LeaseHost<Owner>, nowMs: () => number = () => performance.now()) {
    this.#host = host;
    this.#nowMs = nowMs;
  }

  /** Who has it, undefined for nobody. */
  get holder(): string | undefined {
    this.tick();
    return this.#lease?.holder;
  }

  /** Takes, renews, gives back or tells. Throws Refusal. */
  ask(owner: Owner, { holder, seconds, ending }: RequestOf<"lease">): ReplyOf<"lease"> {
    this.tick();
    if (holder === "") {
      if (seconds !== 0) throw new Refusal("badParameter", "a lease needs the name of its holder");
      return this.#told(owner);
    }
    if (seconds > MAX_LEASE_S)
      throw new Refusal("outOfRange", `a lease lasts at most ${MAX_LEASE_S} s without a renewal`);
    this.check(owner);
    if (this.#lease !== undefined && (seconds === 0 || this.#lease.holder !== holder)) {
      this.#lease.ending = seconds === 0 ? ending : this.#lease.ending;
      this.#end(seconds === 0 ? "given back" : `${holder} takes over on its connection`);
    }
    if (seconds > 0) this.#take(owner, holder, seconds, ending);
    return this.#told(owner);
  }

  /** Throws Refusal busy for everybody but the one who has the lease. */
  check(owner: Owner): void {
    this.tick();
    if (this.#lease === undefined || this.#lease.owner === owner) return;
    throw new Refusal("busy", `${this.#lease.holder} has leased this device for ${this.#seconds()} s more`);
  }

  /** The owner's connection is gone. */
  gone(owner: Owner): void {
    if (this.#lease?.owner === owner) this.#end("its connection ended");
  }

  /** The device has found this value by itself, and keeps it. */
  settled(name: string, value: number | string): void {
    if (this.#lease?.found.has(name) === true) this.#lease.found.set(name, value);
  }

  /** Ends the lease without giving anything back: its settings are gone. */
  forget(why: string): void {
    if (this.#lease === undefined) return;
    this.#lease.ending = "keep";
    this.#end(why);
  }

  /** Regular housekeeping. */
  tick(): void {
    if (this.#lease !== undefined && this.#nowMs() >= this.#lease.untilMs) this.#end("its time is over");
  }

  #take(owner: Owner, holder: string, seconds: number, ending: keyof typeof LEASE_ENDINGS): void {
    const untilMs = this.#nowMs() + 1000 * seconds;
    if (this.#lease !== undefined) {
      Object.assign(this.#lease, { untilMs, ending });
      return;
    }
    const occupied = this.#host.occupied(owner);
    if (occupied !== undefined) throw new Refusal("busy", occupied);
    this.#lease = { owner, holder, found: new Map(this.#host.volatileSettings()), untilMs, ending };
    this.#host.leaseBegan(holder, seconds);
  }

  #end(why: string): void {
    const lease = this.#lease;
    if (lease === undefined) return;
    this.#lease = undefined;
    const restore = lease.ending === "restore" ? (lease.found as VolatileSettings) : undefined;
    this.#host.leaseEnded(lease.owner, restore, `the lease of ${lease.holder} ended: ${why}`);
  }

  #seconds(): number {
    return this.#lease === undefined ? 0 : Math.ceil((this.#lease.untilMs - this.#nowMs()) / 1000);
  }

  #told(owner: Owner): ReplyOf<"lease"> {
    return {
      holder: this.#lease?.holder ?? "",
      seconds: this.#seconds(),
      yours: this.#lease?.owner === owner,
    };
  }
}
