import { filter, firstValueFrom } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TakenKey } from "../../controller/index.ts";
import { SITES, stocked, type WholeSite, WholeSites } from "./whole-sites.ts";

let sites: WholeSites;
beforeEach(async () => {
  sites = await WholeSites.create();
}, 60_000);
afterEach(() => sites.dispose(), 60_000);

const failed = ({ site }: WholeSite, code: string) =>
  firstValueFrom(site.failures$.pipe(filter((error) => error.code === code)));

/** Takes keys until one of a block that the sites made just now comes; the other site fetches the same. */
async function keyOf(from: WholeSite, to: WholeSite, blockId: string): Promise<TakenKey> {
  for (;;) {
    const key = await from.site.pool.take({ bits: 4096, for: "sae-b", as: "sae-a" });
    const same = await to.site.pool.takeById(key.keyId, { from: "sae-a", for: "sae-b" });
    expect(Buffer.from(same.key.reveal()).equals(key.key.reveal())).toBe(true);
    expect(same.auth).toBe(key.auth);
    if (key.blockId === blockId) return key;
  }
}

describe("a link whose authentication reserve is used up", () => {
  it("says so at both sites by the manual policy, and its remedy works: a fresh secret at both, and a restart", async () => {
    await sites.exhaust();
    const empty = await sites.start();
    for (const name of SITES) {
      const told = () => empty[name].failures.find(({ code }) => code === "QKD_AUTH_EXHAUSTED");
      await expect.poll(told, { timeout: 30_000 }).toBeDefined();
      expect(told()?.remedy).toBe("make a new secret (qkdlink secret), place it at both sites, restart both");
      expect((await empty[name].site.ledger()).auth).toBe("information-theoretic");
    }
    expect([...empty.alice.blocks, ...empty.bob.blocks]).toEqual([]);
    await sites.stop();
    sites.placeSecret();
    const { alice, bob } = await sites.start();
    const [{ blockId }] = await Promise.all([stocked(alice), stocked(bob)]);
    expect((await keyOf(alice, bob, blockId)).auth).toBe("information-theoretic");
  }, 120_000);

  it("refills it by the computational policy; each key says so, until there is a fresh secret", async () => {
    await sites.exhaust();
    const policy = { authRecovery: "computational" } as const;
    const { alice, bob } = await sites.start({ alice: policy, bob: policy });
    const [{ blockId }] = await Promise.all([stocked(alice), stocked(bob)]);
    expect((await keyOf(alice, bob, blockId)).auth).toBe("computational");
    for (const site of [alice, bob]) {
      expect(site.events.filter(({ type }) => type === "authRecovered")).toHaveLength(1);
      expect((await site.site.ledger()).auth).toBe("computational");
    }
    await sites.stop();
    // What later blocks bring was authenticated so, too: a restart changes nothing.
    const again = await sites.start({ alice: policy, bob: policy });
    const [later] = await Promise.all([stocked(again.bob), stocked(again.alice)]);
    expect((await keyOf(again.bob, again.alice, later.blockId)).auth).toBe("computational");
    await sites.stop();
    // A block that was not agreed on yet outlives the stop, and keeps its class.
    const old = await sites.holdPending();
    sites.placeSecret();
    const fresh = await sites.start({ alice: policy, bob: policy });
    const [newest] = await Promise.all([stocked(fresh.alice), stocked(fresh.bob)]);
    expect(newest.blockId).not.toBe(old);
    expect((await keyOf(fresh.alice, fresh.bob, old)).auth).toBe("computational");
    expect((await keyOf(fresh.alice, fresh.bob, newest.blockId)).auth).toBe("information-theoretic");
  }, 180_000);

  it("has one policy at both sites, or no connection, and both say why", async () => {
    const { alice, bob } = await sites.start({ alice: { authRecovery: "computational" } });
    expect((await failed(alice, "QKD_PEER_PROTOCOL")).message).toBe(
      "authRecovery is computational at this site and manual at the peer",
    );
    expect((await failed(bob, "QKD_PEER_PROTOCOL")).message).toBe(
      "authRecovery is manual at this site and computational at the peer",
    );
  }, 60_000);
});
