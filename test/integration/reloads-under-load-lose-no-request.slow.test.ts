import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Etsi014Client } from "../../client/index.ts";
import { type SiteName, TwoSites } from "../chain/two-sites.ts";

const CALLERS = 16;
const RELOADS = 50;
/** Short keys with a pause between them, so that the link makes more than is taken and no request lacks key. */
const KEY_BITS = 128;
const PAUSE_MS = 50;

let sites: TwoSites;
beforeAll(async () => {
  sites = await TwoSites.start();
}, 60_000);
afterAll(async () => {
  await sites?.stop();
  sites?.remove();
}, 30_000);

/** A client that keeps its connections, as an application of any maker would. */
function application(site: SiteName): Etsi014Client {
  const pem = (name: string) => readFileSync(join(sites.root, name), "utf8");
  return new Etsi014Client({
    url: sites.url(site),
    tls: { cert: pem(`sae-${site}.pem`), key: pem(`sae-${site}.key`), ca: pem("ca.pem") },
  });
}

it("fifty reloads of both sites, while sixteen callers take keys and fetch them, lose no request and no peer", {
  timeout: 120_000,
}, async () => {
  const [alice, bob] = [sites.site("alice"), sites.site("bob")];
  await alice.line((line) => line.type === "keysAdded" && line.origin === "qkd");
  await bob.line((line) => line.type === "keysAdded" && line.origin === "qkd");
  const peersUp = () => alice.lines.filter(({ type, state }) => type === "peer" && state === "up").length;
  const before = peersUp();
  let reloading = true;
  let served = 0;
  const failures: string[] = [];
  const takers = Array.from({ length: CALLERS }, async () => {
    const [master, slave] = [application("alice"), application("bob")];
    while (reloading)
      try {
        const taken = await master.getKeys("sae-bob", { sizeBits: KEY_BITS });
        const fetched = await slave.getKeysWithIds(
          "sae-alice",
          taken.map(({ keyId }) => keyId),
        );
        expect(fetched.map(({ key }) => key.reveal())).toEqual(taken.map(({ key }) => key.reveal()));
        served += 1;
        await sleep(PAUSE_MS);
      } catch (error) {
        failures.push(String(error));
      }
    master.close();
    slave.close();
  });
  for (let times = 0; times < RELOADS; times++) {
    for (const site of [alice, bob]) site.reload();
    await sleep(50);
  }
  reloading = false;
  await Promise.all(takers);
  expect(failures).toEqual([]);
  expect(served).toBeGreaterThan(RELOADS);
  expect(alice.lines.filter(({ type }) => type === "reloaded").length).toBeGreaterThan(0);
  expect(peersUp()).toBe(before);
});
