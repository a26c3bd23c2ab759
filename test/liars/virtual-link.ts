import { setImmediate as turn } from "node:timers/promises";
import type { Kernels } from "../../kernels/index.ts";
import { frameSource } from "../integration/distillation-source.ts";
import { MemoryConnection, type Side } from "./memory-connection.ts";
import { VirtualSite } from "./virtual-site.ts";

/** Time passes in such steps, as the timer of a site lets an engine see it; in long ones while there is much of it. */
const TICK_MS = 250;
const LONG_TICK_MS = 1000;
/** From so long a time on. */
const LONG_MS = 5000;
/** Messages that are handed over before the other side has its turn. */
const BUNCH = 8;
const FRAMES_A_BLOCK = 18;
/** One frame of a block that Alice does not have, so that she leaves one out. */
const MISSING = 3;
/** Turns of the event loop without anything under way, after which nothing is. */
const QUIET_TURNS = 3;
/** A link that does not come to rest within so many turns is told as such. */
const MOST_TURNS = 40_000;

/** Lets virtual time pass for what waits by timers of its own. */
export type Clock = (ms: number) => void;

/** Two whole sites in virtual time, joined by a connection that a liar may sit at. */
export class VirtualLink {
  readonly connection = new MemoryConnection();
  readonly alice: VirtualSite;
  readonly bob: VirtualSite;
  nowMs = 1_700_000_000_000;
  /** The link never came to rest. */
  restless = false;
  readonly #clock: Clock;
  readonly #next: ReturnType<typeof frameSource>;

  private constructor(kernels: Kernels, clock: Clock, seed: number) {
    this.#clock = clock;
    this.#next = frameSource({ seed });
    const site = (side: Side) =>
      new VirtualSite(side, this.connection[side], kernels, this.nowMs, `liars/${seed}`);
    this.alice = site("alice");
    this.bob = site("bob");
    for (const side of ["alice", "bob"] as const)
      this.connection[side].onReconnect = (reason) => this.connection.end(reason, this.nowMs);
  }

  static async start(kernels: Kernels, clock: Clock, seed: number): Promise<VirtualLink> {
    const link = new VirtualLink(kernels, clock, seed);
    await link.alice.start();
    await link.bob.start();
    link.connection.tick(link.nowMs);
    await link.settle();
    return link;
  }

  get sites(): readonly VirtualSite[] {
    return [this.alice, this.bob];
  }

  /** Blocks of distillation and of key exchange whose keys both sites hand out. */
  get shared(): { readonly distilled: number; readonly exchanged: number } {
    return {
      distilled: Math.min(this.alice.distilled, this.bob.distilled),
      exchanged: Math.min(this.alice.exchanged, this.bob.exchanged),
    };
  }

  /** Until nothing is under way that time need not help. */
  async settle(): Promise<void> {
    let quiet = 0;
    for (let turns = 0; quiet < QUIET_TURNS; turns++) {
      if (turns > MOST_TURNS) {
        this.restless = true;
        return;
      }
      const before = this.connection.waiting;
      this.connection.deliver(BUNCH, this.nowMs);
      const moved = before > 0 || this.sites.some((site) => site.busy);
      if (moved) for (const site of this.sites) site.step(this.nowMs);
      await turn();
      quiet = moved || this.connection.waiting > 0 ? 0 : quiet + 1;
    }
  }

  /** Lets time pass until the condition holds. */
  async pass(longestMs: number, until: () => boolean = () => false): Promise<void> {
    const stepMs = longestMs > LONG_MS ? LONG_TICK_MS : TICK_MS;
    for (const begin = this.nowMs; !until() && this.nowMs - begin < longestMs && !this.restless; ) {
      this.nowMs += stepMs;
      this.#clock(stepMs);
      this.connection.tick(this.nowMs);
      for (const site of this.sites) site.step(this.nowMs);
      for (const site of this.sites) await site.tick(this.nowMs);
      await this.settle();
    }
  }

  /** The frames of one block at both sites. */
  async block(qber?: { readonly z: number; readonly x: number }): Promise<void> {
    for (let at = 0; at < FRAMES_A_BLOCK; at++) {
      const { qtx, qrx } = this.#next(qber);
      if (at !== MISSING) this.alice.frame(qtx);
      this.bob.frame(qrx);
      if (at % 6 === 5) await this.settle();
    }
    await this.settle();
  }

  async close(): Promise<void> {
    for (const site of this.sites) await site.close();
  }
}
