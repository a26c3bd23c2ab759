import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEMO_SAE, type DeliveredKey } from "../../cli/index.ts";
import { type SiteName, TwoSites } from "../chain/two-sites.ts";
import { HARMS } from "../models/store-harms.ts";

const HARMED = [
  "one bit of the first frame of the log flipped",
  "the log cut in half",
  "the log deleted",
  "the main file emptied",
] as const;
const KEYS = 16;

let sites: TwoSites;

beforeEach(async () => {
  sites = await TwoSites.start((config) => {
    Object.assign(config.delivery ?? {}, { redeliveryWindowS: 0 });
  });
}, 60_000);
afterEach(async () => {
  await sites?.stop();
  sites?.remove();
}, 30_000);

/** Keys that a site hands out, as soon as there are so many. */
async function take(site: SiteName): Promise<readonly DeliveredKey[]> {
  for (;;) {
    const other = site === "alice" ? "bob" : "alice";
    const taken = await sites
      .client(site)
      .take(DEMO_SAE[other], { number: KEYS })
      .catch(() => null);
    if (taken !== null) return taken;
    await sleep(100);
  }
}

it.each(["alice", "bob"] as const)(
  "at %s: what was handed out before the kill never comes again, the site says what it found, and key flows",
  async (site) => {
    const other = site === "alice" ? "bob" : "alice";
    const ids = new Set<string>();
    const keys = new Set<string>();
    let given = 0;
    let unharmed = 0;
    let noticed = 0;
    const enter = (taken: readonly DeliveredKey[]) => {
      for (const { key_ID: id, key } of taken) {
        ids.add(id);
        keys.add(key);
        given += 1;
      }
    };
    for (const name of HARMED) {
      const harm = HARMS.find((each) => each.name === name);
      // Erasing empties the log now and then: a harm that finds nothing to harm is tried again.
      for (let harmed = false; !harmed; ) {
        // Two blocks, so that the log holds more than what the last write of the anchor preceded.
        const since = sites.site(site).lines.length;
        await expect
          .poll(
            () =>
              sites
                .site(site)
                .lines.slice(since)
                .filter((line) => line.type === "keysAdded" && line.origin === "qkd").length,
            { timeout: 60_000 },
          )
          .toBeGreaterThan(2);
        const taken = await take(site);
        enter(taken);
        const fetched = await sites.client(other).fetch(
          DEMO_SAE[site],
          taken.map(({ key_ID: id }) => id),
        );
        expect(fetched.map(({ key }) => key)).toEqual(taken.map(({ key }) => key));
        await sites.site(site).kill();
        harmed = harm?.befall(join(sites.root, site), null) === true;
        if (!harmed) {
          unharmed += 1;
          await sites.launch(site);
        }
      }
      const back = await sites.launch(site);
      await back.line((line) => line.type === "keysAdded" && line.origin === "qkd");
      noticed += back.lines.filter(({ code }) => code === "QKD_KEYSTORE_ROLLBACK").length;
      enter(await take(site));
    }
    expect([ids.size, keys.size]).toEqual([given, given]);
    expect(given).toBe(KEYS * (2 * HARMED.length + unharmed));
    // A log just begun anew may hold nothing that the anchor misses; an emptied database is always noticed.
    expect(noticed).toBeGreaterThan(0);
  },
  400_000,
);
