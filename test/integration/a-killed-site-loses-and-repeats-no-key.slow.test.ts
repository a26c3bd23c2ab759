import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openKeyPool, readLinkSecretFile } from "../../controller/index.ts";
import { KeyTraffic } from "../chain/key-traffic.ts";
import { type SiteName, TwoSites } from "../chain/two-sites.ts";

const KILLS: readonly { readonly site: SiteName; readonly afterMs: number }[] = [
  { site: "alice", afterMs: 900 },
  { site: "bob", afterMs: 350 },
  { site: "bob", afterMs: 1400 },
  { site: "alice", afterMs: 120 },
];

let sites: TwoSites;

beforeAll(async () => {
  sites = await TwoSites.start((config) => {
    Object.assign(config.delivery ?? {}, { redeliveryWindowS: 0 });
  });
}, 60_000);
afterAll(async () => {
  await sites?.stop();
  sites?.remove();
}, 30_000);

/** New QKD key: fallback keys would be there at once. */
const isFresh = (line: Readonly<Record<string, unknown>>) =>
  line.type === "keysAdded" && line.origin === "qkd";

const open = (site: SiteName) =>
  openKeyPool({
    path: join(sites.root, site, "keys.db"),
    keyFile: join(sites.root, site, "store.kek"),
    site,
    linkId: "demo-link",
    linkSecret: readLinkSecretFile(join(sites.root, site, "link.secret")),
  });

describe("sites that are killed at any moment", () => {
  it("deliver no key twice, lose no acknowledged key, and agree in the end", async () => {
    await sites.site("alice").line(isFresh);
    const traffic = new KeyTraffic(sites);
    for (const { site, afterMs } of KILLS) {
      await sleep(afterMs);
      await sites.site(site).kill();
      const back = await sites.launch(site);
      await back.line(isFresh);
    }
    await traffic.stop();
    await traffic.fetchRest();
    const { keys } = traffic;
    expect(keys.length).toBeGreaterThan(20);
    expect(new Set(keys.map((key) => key.id)).size).toBe(keys.length);
    expect(new Set(keys.map((key) => key.key)).size).toBe(keys.length);
    // An answer that was lost with its server may have carried the key: it counts as used, and nothing else may be missing.
    expect(keys.filter((key) => key.fetched !== 1 && !key.ambiguous)).toEqual([]);
    expect(keys.filter((key) => key.fetched === 1 && !key.identical)).toEqual([]);

    await sites.stop();
    const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
    try {
      for (const [own, other] of [
        [alice.pool, bob.pool],
        [bob.pool, alice.pool],
      ] as const) {
        const [mine, theirs] = await Promise.all([own.status("qkd"), other.status("qkd")]);
        expect(mine.availableBits).toBeGreaterThan(0);
        // What this site can still hand out, the other site still holds.
        expect(theirs.peerBits).toBeGreaterThanOrEqual(mine.availableBits);
      }
      const audits = await Promise.all([alice.audit.verify(), bob.audit.verify()]);
      expect(audits.map((audit) => audit.brokenAt)).toEqual([null, null]);
    } finally {
      await Promise.all([alice.pool.close(), bob.pool.close()]);
    }
  }, 120_000);
});
