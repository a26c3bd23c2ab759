import { openSites, type SiteCredentials, type Sites } from "../sites/open-sites.ts";
import { siteSettings } from "../steps/site-settings.ts";
import type { StepContext } from "../steps/step.ts";
import type { OpenedUnits } from "./open-units.ts";

/** Both sites' controllers, started when a step first asks for them, and kept for the steps after it. */
export class SitesOnDemand {
  readonly #units: OpenedUnits;
  readonly #credentials: () => Promise<SiteCredentials>;
  readonly #scratch: string;
  #opened: Promise<Sites> | undefined;

  constructor(units: OpenedUnits, credentials: () => Promise<SiteCredentials>, scratch: string) {
    this.#units = units;
    this.#credentials = credentials;
    this.#scratch = scratch;
  }

  opened(context: StepContext): Promise<Sites> {
    this.#opened ??= this.#open(context);
    return this.#opened;
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    const sites = await opened?.catch(() => undefined);
    await sites?.close();
  }

  async #open(context: StepContext): Promise<Sites> {
    // What the settings rest on is read with idle units.
    const settings = await siteSettings(context);
    return openSites(this.#units, settings, await this.#credentials(), this.#scratch);
  }
}
