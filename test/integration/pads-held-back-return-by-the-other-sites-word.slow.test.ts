import { rmSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { next, SITES, stocked, WholeSites } from "./whole-sites.ts";

let sites: WholeSites;
beforeEach(async () => {
  sites = await WholeSites.create();
}, 60_000);
afterEach(() => sites.dispose(), 60_000);

it("a site that lost its anchor goes on by the other site's word; where both lost theirs a fresh secret is needed", async () => {
  const first = await sites.start();
  await Promise.all([stocked(first.alice), stocked(first.bob)]);
  await sites.stop();
  for (const name of SITES) {
    rmSync(`${sites.store(name)}.anchor`);
    const both = await sites.start();
    expect(both[name].site.storeOpening).toMatchObject({ kind: "unanchored", padsHeldBack: true });
    await Promise.all([next(both[name], "authResumed"), stocked(both.alice), stocked(both.bob)]);
    for (const other of SITES.filter((each) => each !== name))
      expect(both[other].events.filter(({ type }) => type === "authResumed")).toEqual([]);
    expect((await both[name].site.ledger()).auth).toBe("information-theoretic");
    await sites.stop();
  }
  for (const name of SITES) rmSync(`${sites.store(name)}.anchor`);
  const lost = await sites.start();
  for (const name of SITES)
    await expect
      .poll(() => lost[name].failures.find(({ code }) => code === "QKD_AUTH_EXHAUSTED"), { timeout: 30_000 })
      .toBeDefined();
  expect([...lost.alice.blocks, ...lost.bob.blocks]).toEqual([]);
  await sites.stop();
  sites.placeSecret();
  const fresh = await sites.start();
  await Promise.all([stocked(fresh.alice), stocked(fresh.bob)]);
}, 240_000);
