import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filter, firstValueFrom, take, toArray } from "rxjs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ledgerCommand } from "../../cli/index.ts";
import { ledgerFileOf } from "../../controller/index.ts";
import { next, stocked, WholeSites } from "./whole-sites.ts";

let sites: WholeSites;
beforeEach(async () => {
  sites = await WholeSites.create();
}, 60_000);
afterEach(() => sites.dispose(), 60_000);

/** What `qkdlink ledger` prints for Alice's site. */
async function ledger(...flags: string[]): Promise<string> {
  const text: string[] = [];
  const file = join(sites.root, "alice", "site.json");
  const tls = { certificate: "c", privateKey: "k", authority: "a" };
  const config = {
    site: "alice",
    linkId: "emulated-link",
    transceiver: { address: "tcp://127.0.0.1:1" },
    peer: { ...tls, listen: "tls://127.0.0.1:0", secretFile: "s" },
    link: { preset: "yuan2018" },
    store: { path: "keys.db", keyFile: "store.kek" },
    delivery: { ...tls, listen: "https://127.0.0.1:0", kmeId: "a", peerKmeId: "b" },
  };
  writeFileSync(file, JSON.stringify(config));
  await ledgerCommand((line) => text.push(line)).parseAsync(["--config", file, ...flags], { from: "user" });
  return text.join("");
}

it("a site whose budget is spent warns, stops distilling and serves what it has; only a fresh secret lifts it", async () => {
  await expect(ledger()).rejects.toMatchObject({ code: "QKD_CONFIG_UNREADABLE" });
  const epsilonBudget = { total: 5e-10, stop: true };
  const beganS = sites.lightS;
  const { alice, bob } = await sites.start({ alice: { epsilonBudget } });
  const low = next(alice, "epsilonBudget", ({ level }) => level === "low");
  const spent = next(alice, "epsilonBudget", ({ level }) => level === "spent");
  await Promise.all([stocked(alice), stocked(bob)]);
  expect(await low).toMatchObject({ of: "total" });
  // Four attempts at 1e-10 and what their correctness costs fit, a fifth might exceed it: not one begins that might.
  expect((await spent).used).toBeLessThan(1);
  const fourBlocksS = sites.lightS - beganS;
  /** Resolves when there was light for as many blocks again. */
  const lightForBlocks = () => {
    const enoughS = sites.lightS + fourBlocksS;
    return expect.poll(() => sites.lightS, { timeout: 60_000 }).toBeGreaterThan(enoughS);
  };
  const report = await alice.site.ledger();
  expect(report.attempts).toBe(4);
  expect(report.total).toBeLessThanOrEqual(5e-10);
  // Blocks on their way give no key any more.
  const added = alice.events.filter(({ type }) => type === "keysAdded").length;
  const held = alice.blocks.filter(({ aborted }) => aborted === "epsilon budget spent");
  await lightForBlocks();
  expect(
    alice.events.filter((event) => event.type === "keysAdded" && event.origin === "qkd").length,
  ).toBeLessThanOrEqual(added);
  expect(held.every(({ secretBits }) => secretBits === 0)).toBe(true);
  const key = await alice.site.pool.take({ bits: 256, for: "sae-b", as: "sae-a" });
  expect(key.epsilon?.total).toBeGreaterThanOrEqual(key.epsilon?.block ?? 1);

  // While the site runs its store is locked: the report beside it tells.
  expect(statSync(ledgerFileOf(sites.store("alice"))).mode & 0o777).toBe(0o600);
  const text = await ledger();
  expect(text).toMatch(/^link +emulated-link, alice$/m);
  expect(text).toMatch(/^authentication +information-theoretic$/m);
  expect(text).toMatch(/^budget +5\.00e-10 in all, 1\.00e-10 left$/m);
  expect(text).toMatch(/^budget used +\d+\.\d %, spent: nothing more is distilled/m);
  const told = JSON.parse(await ledger("--json"));
  expect(told).toMatchObject({ linkId: "emulated-link", site: "alice", budgetUse: { level: "spent" } });
  expect(told.attempts).toBe(4);

  await sites.stop();
  expect(JSON.parse(await ledger("--json")).attempts).toBe(4);
  const again = await sites.start({ alice: { epsilonBudget } });
  const blocks = again.bob.site.blocks$.pipe(filter(({ aborted }) => aborted === null));
  let distilled = false;
  const watching = blocks.subscribe(() => {
    distilled = true;
  });
  await lightForBlocks();
  watching.unsubscribe();
  expect([distilled, again.alice.blocks]).toEqual([false, []]);
  // Told anew: who reads this start's log alone has to see why there is no key.
  expect(
    again.alice.events.filter(({ type }) => type === "epsilonBudget").map((event) => ({ ...event })),
  ).toMatchObject([{ level: "low" }, { level: "spent" }]);
  await sites.stop();
  sites.placeSecret();
  const fresh = await sites.start({ alice: { epsilonBudget } });
  await stocked(fresh.alice);
  expect((await fresh.alice.site.ledger()).total).toBeLessThan(5e-10);
  await firstValueFrom(fresh.bob.site.blocks$.pipe(take(1), toArray()));
}, 180_000);
