import type { KeySource } from "../delivery/take-keys.ts";
import type { ControllerEvent } from "../events.ts";
import { RecentBits } from "../sources/recent-bits.ts";
import { steadyMs } from "../steady-time.ts";

/** What a link brings to this node's half, and what is taken of it, bits a second over the last minute. */
export class LinkTraffic {
  /** The keys of the link; what is served of them counts. */
  readonly keys: KeySource;
  readonly #brought = new RecentBits();
  readonly #taken = new RecentBits();

  constructor(keys: KeySource) {
    this.keys = {
      ...keys,
      served: (bits, origin) => {
        this.taken(bits);
        keys.served?.(bits, origin);
      },
    };
  }

  /** A pad of a hop, or keys. */
  taken(bits: number): void {
    this.#taken.add(bits, steadyMs());
  }

  happened(event: ControllerEvent): void {
    // Each end hands out a half; how a block is split varies around that.
    if (event.type === "keysAdded" && event.origin === "qkd") this.#brought.add(event.bits / 2, steadyMs());
  }

  rates(): { readonly leastRateBps: number; readonly demandBps: number } {
    const atMs = steadyMs();
    const whole = (bits: RecentBits) => Math.min(2 ** 32 - 1, Math.floor(bits.perSecond(atMs)));
    return { leastRateBps: whole(this.#brought), demandBps: whole(this.#taken) };
  }
}
