import { setTimeout as sleep } from "node:timers/promises";
import { DEMO_SAE, type DeliveredKey } from "../../cli/index.ts";
import { QkdError, TransportError } from "../../errors/index.ts";
import type { SiteName, TwoSites } from "./two-sites.ts";

const OTHER = { alice: "bob", bob: "alice" } as const;

/** A key that one site acknowledged, and what became of it at the other. */
export interface TrackedKey {
  readonly id: string;
  readonly key: string;
  readonly master: SiteName;
  readonly origin: string;
  /** How often the other site delivered it, and whether an answer was lost so that one may be uncounted. */
  fetched: number;
  ambiguous: boolean;
  identical: boolean;
}

/** Applications at both sites that take keys and fetch them at the other site, throughout whatever happens. */
export class KeyTraffic {
  readonly keys: TrackedKey[] = [];
  /** Refusals other than unreachable servers, as text. */
  readonly refusals: string[] = [];
  readonly #sites: TwoSites;
  readonly #acceptPqc: boolean;
  #running = true;
  #loops: Promise<void>[] = [];

  constructor(sites: TwoSites, acceptPqc = false) {
    this.#sites = sites;
    this.#acceptPqc = acceptPqc;
    this.#loops = [this.#loop("alice"), this.#loop("bob")];
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
  }

  /** Fetches every acknowledged key that the other site has not delivered yet. */
  async fetchRest(): Promise<void> {
    for (const key of this.keys) if (key.fetched === 0) await this.#fetch(key);
  }

  async #loop(master: SiteName): Promise<void> {
    while (this.#running) {
      for (const key of await this.#take(master)) {
        this.keys.push(key);
        await this.#fetch(key);
      }
      await sleep(30);
    }
  }

  async #take(master: SiteName): Promise<TrackedKey[]> {
    try {
      const slave = DEMO_SAE[OTHER[master]];
      const taken = await this.#sites.client(master).take(slave, { number: 2, acceptPqc: this.#acceptPqc });
      return taken.map((key) => track(key, master));
    } catch (error) {
      this.#note(error);
      return [];
    }
  }

  async #fetch(key: TrackedKey): Promise<void> {
    try {
      const slave = OTHER[key.master];
      const [found] = await this.#sites.client(slave).fetch(DEMO_SAE[key.master], [key.id]);
      key.fetched += 1;
      key.identical = found?.key === key.key;
    } catch (error) {
      if (error instanceof TransportError) key.ambiguous = true;
      this.#note(error);
    }
  }

  #note(error: unknown): void {
    if (!(error instanceof TransportError))
      this.refusals.push(error instanceof QkdError ? error.line : String(error));
  }
}

function track({ key_ID: id, key, key_extension }: DeliveredKey, master: SiteName): TrackedKey {
  const origin = String(key_extension?.qkdlink_origin);
  return { id, key, master, origin, fetched: 0, ambiguous: false, identical: false };
}
