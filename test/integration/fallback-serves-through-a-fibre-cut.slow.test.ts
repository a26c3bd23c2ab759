import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyTraces } from "../chain/key-search.ts";
import { KeyTraffic } from "../chain/key-traffic.ts";
import { TwoSites } from "../chain/two-sites.ts";

let sites: TwoSites;
let traffic: KeyTraffic;

/** Both sites, their stock bounded or not. */
const start = (capacityBits?: number) =>
  TwoSites.start((config) => {
    Object.assign(config, {
      policy: { rekeyIntervalMs: 10_000, linkUpAfterMs: 1000, fallbackClearAfterMs: 500 },
    });
    if (capacityBits !== undefined) Object.assign(config.store ?? {}, { capacityBits });
  });

const both = (type: string, fields: Readonly<Record<string, unknown>> = {}) =>
  Promise.all(
    (["alice", "bob"] as const).map((name) =>
      sites
        .site(name)
        .line((line) => line.type === type && Object.entries(fields).every(([k, v]) => line[k] === v)),
    ),
  );
const printed = (type: string) =>
  (["alice", "bob"] as const).flatMap((name) => sites.site(name).lines.filter((line) => line.type === type));
const takePlain = (number = 1) => sites.client("alice").take("sae-bob", { number });
const statusOf = () => sites.client("alice").status("sae-bob");
/** Keys in stock once no block that was under way comes any more: the number stands for three seconds. */
async function settledStock(): Promise<number> {
  let [count, polls] = [-1, 0];
  while (polls < 30) {
    const now = Number((await statusOf()).stored_key_count);
    polls = now === count ? polls + 1 : 0;
    count = now;
    await sleep(100);
  }
  return count;
}

describe("a fibre cut over a stock that lasts", () => {
  beforeAll(async () => {
    sites = await start();
  }, 60_000);
  afterAll(async () => {
    await sites?.stop();
    sites?.remove();
  }, 30_000);

  it("is told at once, serves every caller from stock, and engages nothing", async () => {
    await both("keysAdded", { origin: "qkd" });
    while (Number((await statusOf()).stored_key_count) < 400) await sleep(100);
    await sites.emulator.faults.cut();
    await both("linkDegraded", { reason: "linkDown" });
    const counted = await settledStock();
    const taken = await takePlain(100);
    expect(new Set(taken.map(({ key_extension }) => key_extension?.qkdlink_origin))).toEqual(
      new Set(["qkd"]),
    );
    expect(await statusOf()).toMatchObject({
      stored_key_count: counted - 100,
      status_extension: { qkdlink_fallback: false },
    });
    await sites.emulator.faults.repair();
    await both("keysAdded", { origin: "qkd" });
    expect(printed("fallbackEngaged")).toEqual([]);
  }, 90_000);
});

describe("a fibre cut over a stock of some ten seconds of demand", () => {
  beforeAll(async () => {
    sites = await start(196_608);
  }, 60_000);
  afterAll(async () => {
    await sites?.stop();
    sites?.remove();
  }, 30_000);

  it("engages the fallback before the stock ends, serves callers that opted in without a gap, and clears after the repair", async () => {
    await both("keysAdded", { origin: "qkd" });
    traffic = new KeyTraffic(sites, true);
    while (traffic.keys.length < 40) await sleep(100);
    await sites.emulator.faults.cut();
    await both("linkDegraded", { reason: "linkDown" });
    const engaged = await both("fallbackEngaged");
    expect(engaged.map((line) => line.reason)).toEqual(["poolExhausted", "poolExhausted"]);
    // A caller that did not opt in gets what is left, then is told why.
    const left = await settledStock();
    expect(left).toBeGreaterThan(20);
    expect((await takePlain())[0]?.key_extension?.qkdlink_origin).toBe("qkd");
    await takePlain(left - 1);
    expect((await statusOf()).stored_key_count).toBe(0);
    await expect(takePlain()).rejects.toMatchObject({
      code: "QKD_DELIVERY_UNAVAILABLE",
      message: expect.stringContaining("the pool of QKD keys is exhausted"),
    });
    const during = traffic.keys.length;
    while (traffic.keys.length < during + 20) await sleep(100);
    await sites.emulator.faults.repair();
    await both("fallbackCleared");
    expect((await takePlain())[0]?.key_extension?.qkdlink_origin).toBe("qkd");
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
