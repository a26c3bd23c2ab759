import { setTimeout as sleep } from "node:timers/promises";
import { DEMO_SAE } from "../../cli/index.ts";
import type { SiteName, TwoSites } from "../chain/two-sites.ts";

const OTHER = { alice: "bob", bob: "alice" } as const;
const KEYS = 32;
const PAUSE_MS = 250;

/** An application at each site that takes keys which the other one fetches. It keeps nothing but counts. */
export class KeyDemand {
  taken = 0;
  fetched = 0;
  differing = 0;
  refused = 0;
  #running = true;
  readonly #loops: Promise<void>[];

  constructor(sites: TwoSites) {
    this.#loops = [this.#loop(sites, "alice"), this.#loop(sites, "bob")];
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
  }

  async #loop(sites: TwoSites, master: SiteName): Promise<void> {
    const slave = OTHER[master];
    const [here, there] = [sites.client(master), sites.client(slave)];
    while (this.#running) {
      try {
        const keys = await here.take(DEMO_SAE[slave], { number: KEYS });
        this.taken += keys.length;
        const ids = keys.map(({ key_ID: id }) => id);
        const same = await there.fetch(DEMO_SAE[master], ids);
        this.fetched += same.length;
        this.differing += same.filter(({ key }, index) => key !== keys[index]?.key).length;
      } catch {
        // No key at the moment; the next question comes as usual.
        this.refused += 1;
      }
      await sleep(PAUSE_MS);
    }
  }
}
