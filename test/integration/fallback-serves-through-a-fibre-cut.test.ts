import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyTraces } from "../chain/key-search.ts";
import { KeyTraffic } from "../chain/key-traffic.ts";
import { TwoSites } from "../chain/two-sites.ts";

let sites: TwoSites;
let traffic: KeyTraffic;

beforeAll(async () => {
  sites = await TwoSites.start((config) => {
    Object.assign(config, {
      policy: { linkDownAfterMs: 500, linkUpAfterMs: 1000, fallbackClearAfterMs: 500 },
    });
  });
}, 60_000);
afterAll(async () => {
  await sites?.stop();
  sites?.remove();
}, 30_000);

const both = (type: string, fields: Readonly<Record<string, unknown>> = {}) =>
  Promise.all(
    (["alice", "bob"] as const).map((name) =>
      sites
        .site(name)
        .line((line) => line.type === type && Object.entries(fields).every(([k, v]) => line[k] === v)),
    ),
  );

describe("a fibre cut", () => {
  it("engages the fallback, serves callers that opted in without a gap, and clears after the repair", async () => {
    await both("keysAdded", { origin: "qkd" });
    traffic = new KeyTraffic(sites, true);
    await sleep(1000);
    await sites.emulator.faults.cut();
    const engaged = await both("fallbackEngaged");
    expect(engaged.map((line) => line.reason)).toEqual(["linkDown", "linkDown"]);
    // A caller that did not opt in is told why.
    await expect(sites.client("alice").take("sae-bob", {})).rejects.toMatchObject({
      code: "QKD_DELIVERY_UNAVAILABLE",
      message: expect.stringContaining("the quantum link is down"),
    });
    await sleep(1000);
    await sites.emulator.faults.repair();
    await both("fallbackCleared");
    const [key] = await sites.client("alice").take("sae-bob", {});
    expect(key?.key_extension?.qkdlink_origin).toBe("qkd");
    await sleep(500);
    await traffic.stop();
    expect(traffic.refusals).toEqual([]);
    expect(traffic.keys.every((tracked) => tracked.fetched === 1 && tracked.identical)).toBe(true);
    expect(new Set(traffic.keys.map((tracked) => tracked.origin))).toEqual(new Set(["qkd", "pqc"]));
  }, 90_000);

  it("leaves no key byte in anything that the sites print or keep", () => {
    const keys = traffic.keys.map((tracked) => tracked.key).filter((_key, index) => index % 10 === 0);
    const outputs = new Map(
      sites.processes.map((process, index) => [`output of site ${index}`, process.output]),
    );
    expect(keys.length).toBeGreaterThan(5);
    expect([...outputs.values()].every((output) => output.length > 1000)).toBe(true);
    expect(keyTraces(keys, outputs, sites.root)).toEqual([]);
    // The search itself finds a key that is there.
    expect(keyTraces(keys.slice(0, 1), new Map([["planted", `key ${keys[0]}`]]), sites.root)).toEqual([
      "planted",
    ]);
  });
});
